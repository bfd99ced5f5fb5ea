"""Names of those who did something, for a studio's members."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext

_NAMES = """
SELECT 'account:' || id, email, false FROM account WHERE id = ANY (%s::uuid[])
UNION ALL SELECT 'key:' || id, name, true FROM api_key WHERE id = ANY (%s::uuid[])
"""


def names_of_callers(callers: Iterable[str]) -> dict[str, str]:
    """Return display names for the callers that still exist. One query, if there are any."""
    ids: dict[str, list[str]] = {"account": [], "key": []}
    for caller in callers:
        kind, _, row_id = caller.partition(":")
        ids.setdefault(kind, []).append(row_id)
    if not (ids["account"] or ids["key"]):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [ids["account"], ids["key"]])
        return {
            caller: gettext("the key {name}").format(name=name) if is_key else name
            for caller, name, is_key in cursor.fetchall()
        }
