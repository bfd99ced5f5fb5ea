"""Names of those who did something, for a studio's members."""

from collections.abc import Iterable

from django.utils.translation import gettext

from apps.games.models import ApiKey
from apps.players.models import Account


def names_of_callers(callers: Iterable[str]) -> dict[str, str]:
    """Return display names for the callers that still exist."""
    ids: dict[str, list[str]] = {"account": [], "key": []}
    for caller in callers:
        kind, _, row_id = caller.partition(":")
        ids.setdefault(kind, []).append(row_id)
    accounts = Account.objects.filter(pk__in=ids["account"]).values_list("pk", "email")
    keys = ApiKey.objects.filter(pk__in=ids["key"]).values_list("pk", "name")
    return {f"account:{pk}": email for pk, email in accounts} | {
        f"key:{pk}": gettext("the key {name}").format(name=name) for pk, name in keys
    }
