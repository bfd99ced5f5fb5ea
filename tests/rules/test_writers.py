"""Who writes what. Tables whose names are put in at run time can't be seen here."""

import re

import pytest
from django.apps import apps

from tests.rules.test_house import ROOT

_SQL = re.compile(r"\b(?:INSERT INTO|UPDATE(?: ONLY)?|DELETE FROM|MERGE INTO|COPY|TRUNCATE(?: TABLE)?)\s+\"?([a-z_]+)")
_ORM = re.compile(
    r"\b(?P<model>[A-Z]\w+)\.objects(?:\s*\.\w+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*?"
    r"\s*\.(?:bulk_)?(?:create|update|delete|get_or_create|update_or_create)\("
)


def writers_of(tables: set[str]) -> set[str]:
    """Return the apps whose Python or SQL writes one of these tables, by its name or by its model."""
    wanted = tables | {model.__name__ for model in apps.get_models() if model._meta.db_table in tables}
    found = set()
    for path in (ROOT / "apps").rglob("*"):
        if path.suffix in {".py", ".sql"} and "migrations" not in path.parts:
            found |= {
                path.relative_to(ROOT / "apps").parts[0] for written in writes_in(path.read_text()) if written in wanted
            }
    return found


def writes_in(text: str) -> list[str]:
    """Return the tables and models that statements in a text write."""
    return [match[1] for pattern in (_SQL, _ORM) for match in pattern.finditer(text)]


def test_only_the_unlocks_app_writes_the_ledger() -> None:
    # The demo's rows come by COPY, from a function that takes the table.
    assert writers_of({"unlock", "unlock_archive", "hardcore_unlock"}) == {"unlocks"}


def test_only_one_function_activates_and_deactivates_accounts() -> None:
    sets = re.compile(r"update\([^()]*\bis_active=|\.is_active = ")

    found = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "apps").rglob("*.py") if sets.search(path.read_text())
    }

    assert found == {"apps/players/actions/activity.py"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("INSERT INTO unlock (player_id)", "unlock"),
        ('DELETE FROM "unlock" u', "unlock"),
        ("Unlock.objects.filter(player__in=ids.values(1)).delete()", "Unlock"),
        ("Unlock.objects.bulk_create(rows)", "Unlock"),
    ],
)
def test_a_write_is_seen(text: str, written: str) -> None:
    assert writes_in(text) == [written]
