"""A database of ad0e489, the last commit before migrations were squashed, goes on with this code and loses nothing."""

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import psycopg
import pytest
import time_machine
from django.apps.registry import Apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from apps.core.database.squashes import lost_migrations
from apps.local.management.commands import prepare
from apps.local.supervisor.console import Console
from tests.conftest import Api
from tests.live import database_of_its_own, point_models_at

DUMP = Path(__file__).parent / "ad0e489.sql.gz"
DAY = datetime(2026, 11, 29, 18, tzinfo=UTC)
KEY = "lk_live_" + "upgrade" * 6
OLD, NEW = UUID(int=0xA1), UUID(int=0xA3)
GAME, ALICE, BOB = UUID(int=0x6A), UUID(int=1), UUID(int=2)
# Tables, models and jobs that have another name since.
RENAMED = {
    "friend_outlet": "friend_rate_limit",
    "friendoutlet": "friendratelimit",
    "notification_told": "notification_dedupe_key",
    "told": "dedupekey",
    **import_module("apps.core.migrations.0005_job_names").NAMES,
}
# Those of months are as old as the database.
OF_A_MONTH = r"_\d{4}_\d{2}"

SCHEMA = """
SELECT 'column', table_name || '.' || column_name, concat_ws(' ',
    row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), data_type, udt_name,
    character_maximum_length, is_nullable, column_default, collation_name, is_identity, identity_generation)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'relation', oid::regclass::text,
    concat_ws(' ', relkind, reloptions, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid))
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence', seqrelid::regclass::text, concat_ws(' ',
    format_type(seqtypid, NULL), seqincrement, refobjid::regclass, refobjsubid)
FROM pg_sequence LEFT JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
UNION ALL SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'materialized view', matviewname, definition FROM pg_matviews WHERE schemaname = 'public'
UNION ALL SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""
# How an expression was cast and bracketed is written differently once it was restored.
PLAIN_SCHEMA = (
    r"SELECT kind, name, regexp_replace(text, '::(character varying|text)(\[\])?|[()]', '', 'g') "
    f"FROM ({SCHEMA}) AS s (kind, name, text) WHERE name !~ %s ORDER BY 1, 2"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def restored(worker_id: str) -> Iterator[str]:
    """The name of a database of that commit."""
    with database_of_its_own(f"laurel_restored_{worker_id}") as url:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(gzip.decompress(DUMP.read_bytes()))
        yield urlsplit(url).path[1:]


@pytest.fixture(scope="module")
def upgraded(restored: str, worker_id: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of one that was migrated, in the month of its partitions."""
    with database_of_its_own(f"laurel_upgraded_{worker_id}", template=restored) as url:
        name = urlsplit(url).path[1:]
        with django_db_blocker.unblock(), models_at(name), time_machine.travel(DAY):
            migrate()
        yield name


@contextmanager
def models_at(name: str) -> Iterator[None]:
    own = connection.settings_dict["NAME"]
    point_models_at(name)
    try:
        yield
    finally:
        point_models_at(own)


def test_every_migration_counts_as_applied(upgraded: str) -> None:
    loader = MigrationLoader(None)
    names, replaced = set(loader.graph.nodes), {key for by in loader.replacements.values() for key in by.replaces}

    with models_at(upgraded):
        executor = MigrationExecutor(connection)

        assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
        assert executor.recorder.applied_migrations().keys() == names | replaced
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_whatever_of_them_was_applied_the_rest_follows(restored: str, monkeypatch: Any) -> None:
    with models_at(restored):
        executor = MigrationExecutor(connection)
        applied = set(executor.recorder.applied_migrations())
        pending = [
            (step.app_label, step.name) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
        ]

    for number in range(len(pending)):
        landed = dict.fromkeys(applied | set(pending[:number]))
        monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _recorder, landed=landed: dict(landed))
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())

        assert {(step.app_label, step.name) for step, _ in plan} == set(pending[number:])
        assert lost_migrations() == []
    assert len(pending) >= 48


def test_a_new_one_is_made_by_one_migration_an_app() -> None:
    executor = MigrationExecutor(connection)
    made = {app: name for app, name in executor.recorder.applied_migrations() if "_squashed_" in name}

    assert made == dict(MigrationLoader(None).replacements.keys())
    assert len(made) == 8


def test_models_rendered_once_relate_as_those_rendered_all_over() -> None:
    loader, state = MigrationLoader(None), ProjectState()

    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        assert state.apps
        loader.graph.nodes[key].mutate_state(state, preserve=False)

    assert relations(state.apps) == relations(loader.project_state().apps)


def relations(rendered: Apps) -> dict[str, list[str]]:
    return {
        model._meta.label: sorted(map(repr, model._meta.get_fields(include_hidden=True)))
        for model in rendered.get_models()
    }


def test_nothing_is_lost(restored: str, upgraded: str) -> None:
    with models_at(restored):
        before, unlocks = values(), rows("unlock")

    with models_at(upgraded):
        after = values()
        # Columns may have new names.
        assert {
            name: lost for name, held in before.items() if (lost := renamed(held) - after[RENAMED.get(name, name)])
        } == {}
        assert len(unlocks) == 7
        assert [row for row in unlocks if row not in rows("unlock")] == []


@pytest.mark.parametrize("table", ["player", "game", "achievement"])
def test_its_rows_are_numbered_in_order_of_creation(upgraded: str, table: str) -> None:
    with models_at(upgraded):
        found = sorted(rows(table), key=lambda row: (row["created_at"], row["id"]))

    assert [row["number"] for row in found] == list(range(1, len(found) + 1))
    assert found


def test_its_tables_are_those_of_a_new_one(upgraded: str) -> None:
    with models_at(upgraded):
        found = schema()

    assert found == schema()


def test_it_goes_on_where_it_was(upgraded: str, relay: Callable[[], int]) -> None:
    api = Api(KEY)
    with models_at(upgraded):
        repeated, new = report(api, ALICE, OLD), report(api, BOB, NEW)
        relay()
        board = api.get(f"leaderboards/{GAME}").json()["results"]

    assert (repeated.status_code, repeated.json()["unlocked_at"]) == (200, "2026-10-14T09:30:00Z")
    assert new.status_code == 201
    points = [(entry["player"]["handle"], entry["points"]) for entry in board]
    assert points == [("alice", 60), ("bob", 60), ("charlie", 30)]


def test_other_apps_may_still_depend_on_a_migration_that_was_squashed(monkeypatch: Any) -> None:
    other = import_module("django.contrib.sessions.migrations.0001_initial").Migration
    monkeypatch.setattr(other, "dependencies", [("players", "0003_merged_at"), ("players", "__first__")])

    parents = MigrationLoader(None).graph.node_map[("sessions", "0001_initial")].parents

    assert [node.key for node in parents] == [("players", "0001_squashed_0013_plural_names")]


@pytest.mark.parametrize("missing", ["players.0005_player_description", "webhooks.0001_initial"])
def test_an_older_one_is_refused_and_left_alone(restored: str, missing: str) -> None:
    with models_at(restored), unrecorded(missing):
        before = (values(), schema())
        for start in (migrate, start_of_make_run):
            with pytest.raises(CommandError) as refusal:
                start()

            assert f"no longer has what it lacks: {missing}." in str(refusal.value)
            assert "Start commit ad0e489 with it once" in str(refusal.value)
            assert (values(), schema()) == before


@contextmanager
def unrecorded(migration: str) -> Iterator[None]:
    app, _, name = migration.partition(".")
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(app, name)
    try:
        yield
    finally:
        recorder.record_applied(app, name)


def migrate() -> None:
    call_command("migrate", verbosity=0, skip_checks=False)


def start_of_make_run() -> None:
    with Console().step("Tables") as step:
        prepare.migrate(step)


def report(api: Api, player: UUID, achievement: UUID) -> Any:
    return api.post("achievements/unlock", {"player_id": str(player), "achievement_id": str(achievement)})


def schema() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_SCHEMA, [OF_A_MONTH])
        return cursor.fetchall()


def values() -> dict[str, Counter[str]]:
    """Return for each table which values its rows hold, and how many rows there are of which kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'"
        )
        names = [name for (name,) in cursor.fetchall()]
    return {name: Counter(str(value) for row in rows(name) for value in row.values()) for name in names}


def renamed(held: Counter[str]) -> Counter[str]:
    return Counter({RENAMED.get(value, value): count for value, count in held.items()})


def rows(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {connection.ops.quote_name(table)} t ORDER BY t")
        return [orjson.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
