"""What is left of a person once their account, or their player, is deleted: nothing but what is written here.

It looks at every table of the database that refers to players, accounts or devices: each is filled with rows of the
person first, whether or not anyone thought of it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.analytics.counters.reconciliation import reconcile_counters
from apps.analytics.models import AchievementCounter, PlaySession, PlayTime
from apps.core.background.outbox import record
from apps.core.background.relay import Step
from apps.core.clock import now
from apps.games.definitions.studio_players import note_differences
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.queries import page_of_board
from apps.players.actions import delete_account, delete_player, edit_player
from apps.players.actions.rulings import untrack_player
from apps.players.events import PlayersErased, PlayersMerged
from apps.players.models import Account, Device, Guest, Player
from apps.unlocks.idle_guests import delete_guests
from apps.unlocks.models import Revocation, Unlock
from apps.unlocks.subscribers import erase_ledgers
from apps.webhooks.models import WebhookEndpoint
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_device, make_known, make_player
from tests.own_database import all_differences
from tests.redis_trouble import Trouble, trouble_ahead

pytestmark = pytest.mark.django_db(transaction=True)
Relay = Callable[[], int]

# Who did something is written as account:<id>, which leads to nobody once the account is gone.
SIGNED = {
    "achievement_history", "announcement", "player_ruling", "revocation", "scheduled_publication", "trust_decision",
    "unlock_import",
}  # fmt: skip
LEDGER = {
    "unlock", "unlock_archive", "hardcore_unlock", "revoked_unlock", "revoked_hardcore_unlock", "imported_unlock",
    "progress", "progress_request", "sandbox_unlock", "sandbox_hardcore_unlock", "sandbox_progress",
    "sandbox_progress_request", "standing", "rank_history", "final_place", "crown", "play_session", "play_time",
    "player_statistics", "statistics_due",
}  # fmt: skip
# What stays of an account's player, under a generated name; and of a player.
STAYS = {
    "account": LEDGER | SIGNED | {"player", "rename", "django_admin_log"},
    "player": {"revocation", "django_admin_log"},
}
# Columns of ids that are of no player, account or device.
OF_NOBODY = {
    "achievement_id", "after_id", "claim_token", "delivery_id", "endpoint_id", "game_id", "id", "import_id",
    "message_id", "reached_id", "revocation_id", "scope_id", "set_id", "studio_id",
}  # fmt: skip
WORDS = ("lighthouse", "beacon42", "keeper@example.com", "lantern phone", "steam-7656", "portrait")


@cache
def columns() -> list[tuple[str, str, str, bool]]:
    """Return every table's columns: table, column, type, and whether a row needs a value for it. Not partitions'."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL),
                a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
            ORDER BY c.relname, a.attnum"""
        )
        return list(cursor.fetchall())


def tables() -> list[str]:
    return sorted({table for table, *_ in columns()})


def person_of(column: str, kind: str, ids: dict[str, Any]) -> Any:
    """Return what a column would say of the person; None if it is not about people."""
    if kind == "uuid":
        about = {"account": "account", "user": "account", "device": "device", "created_by": "account"}
        about |= dict.fromkeys(("player", "follower", "followed", "blocker", "blocked", "friend"), "player")
        return ids.get(about.get(column.removesuffix("_id"), ""))
    is_signature = kind == "character varying" and (column == "by" or column.endswith("_by"))
    return f"account:{ids['account']}" if is_signature else None


def holding(words: Iterable[object]) -> set[str]:
    """Return the tables with a row that has one of these words anywhere."""
    found = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\" t WHERE t::text ILIKE ANY (%(words)s))"
        for table in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(found, {"words": [f"%{word}%" for word in words]})
        return {table for (table,) in cursor.fetchall()}


class Filler:
    """Writes rows of any table, about the person in one column and about someone else in the others."""

    def __init__(self, person: dict[str, Any], other: dict[str, Any], others: dict[Any, Any]) -> None:
        self.person, self.other, self.others = person, other, others

    def fill(self) -> None:
        """Give each table a row about the person in each column that can be."""
        for table, column, kind, _ in columns():
            if person_of(column, kind, self.person) is not None and not self._is_held(table, column, kind):
                self._write(table, column)

    def _is_held(self, table: str, column: str, kind: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}" = %s)', [person_of(column, kind, self.person)]
            )
            return bool(cursor.fetchone()[0])

    def _write(self, table: str, about: str) -> None:
        row = {}
        for name, column, kind, is_needed in columns():
            if name == table and (column == about or is_needed or (table, column) in self.others):
                ids = self.person if column == about else self.other
                row[column] = self._value(table, column, kind, ids)
        names = ", ".join(f'"{name}"' for name in row)
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(row))})', list(row.values())
            )

    def _value(self, table: str, column: str, kind: str, ids: dict[str, Any]) -> Any:
        plain = {
            "uuid": uuid4(), "date": now().date().replace(day=1), "timestamp with time zone": now(), "jsonb": "{}",
            "boolean": False, "character varying": "x", "text": "x", "bytea": b"", "double precision": 0,
        }  # fmt: skip
        for known in (self.others.get((table, column)), person_of(column, kind, ids), self.others.get(column)):
            if known is not None:
                return known
        return "{}" if kind.endswith("[]") else plain.get(kind, 1)


@pytest.fixture
def person(game: Game, settings: Any, tmp_path: Path) -> Player:
    """Someone with an account, another device's player merged into theirs, names, a picture and a game's id."""
    settings.MEDIA_ROOT = str(tmp_path)
    account = make_account(email="keeper@example.com")
    picture = default_storage.save("players/avatars/portrait.png", ContentFile(b"of the keeper"))
    player = make_player(handle="Beacon42", display_name="Beacon42", account=account, avatar=picture)
    edit_player(player_id=player.id, handle="Lighthouse-Keeper", display_name="The Lighthouse")
    make_player(handle="Lighthouse-Phone", display_name="Lighthouse", merged_into=player, merged_at=now())
    make_device(player, game)
    Device.objects.update(name="Lantern phone")
    make_known(player, game).external_identities.update(external_id="steam-7656")
    return Player.objects.get(pk=player.pk)


@pytest.fixture
def ids(person: Player) -> dict[str, Any]:
    return {"account": person.account_id, "player": person.id, "device": Device.objects.get().id}


@pytest.fixture
def everywhere(person: Player, ids: dict[str, Any], game: Game, achievement: Achievement) -> None:
    """Rows of the person in every table that can have any."""
    stranger = make_player(account=make_account())
    other = {"account": stranger.account_id, "player": stranger.id, "device": make_device(stranger, game).id}
    revocation = Revocation.objects.create(game=game, achievement_id=achievement.id, reason="A cheat", revoked_by="x")
    endpoint = WebhookEndpoint.objects.create(game=game, url="https://studio.example/", event_types=[])
    others: dict[Any, Any] = {
        "game_id": game.id, "achievement_id": achievement.id, "studio_id": game.studio_id,
        "revocation_id": revocation.id, "window": "all", "region": "EU", ("device", "sealed_secret"): "sealed",
        ("revocation", "achievement_id"): achievement.id, ("scheduled_publication", "due_at"): now(),
        ("api_key", "kind"): "secret", ("webhook_endpoint", "state"): "enabled",
        # A token that a log-in created is of the account's own player.
        ("token_grant", "account_id"): ids["account"], ("webhook_endpoint", "disabled_reason"): "",
        "endpoint_id": endpoint.id, "group_id": Group.objects.create(name="Operators").pk,
        "permission_id": Permission.objects.earliest("pk").pk,
    }  # fmt: skip
    # The admin's log of a change of their address.
    LogEntry.objects.create(user_id=stranger.account_id, object_repr="keeper@example.com", action_flag=CHANGE)
    merged = {**ids, "player": Player.objects.get(merged_into=person).id}
    for each in (ids, merged):
        Filler(each, other, others).fill()


@pytest.mark.parametrize("kind", ["account", "player"])
def test_nothing_of_a_deleted_person_is_left_but_what_is_written_here(
    person: Player, ids: dict[str, Any], everywhere: None, relay: Relay, admin_client: Client, kind: str
) -> None:
    gone = {name: value for name, value in ids.items() if (name, kind) != ("account", "player")}
    gone["merged"] = Player.objects.get(merged_into=person).id

    deleted = admin_client.post(reverse(f"admin:players_{kind}_delete", args=[ids[kind]]), {"post": "yes"})
    relay()
    note_differences()
    relay()

    assert deleted.status_code == 302
    words = WORDS if kind == "account" else [word for word in WORDS if "@" not in word]
    assert holding(words) == set()
    assert holding([*gone.values(), *(value.hex for value in gone.values())]) == STAYS[kind]
    assert not default_storage.exists("players/avatars/portrait.png")


def handles_on(scope_id: UUID) -> list[tuple[int, str]]:
    page = page_of_board(Board(scope_id), offset=0, limit=10)
    return [(row.rank, row.player.handle) for row in page.rows if row.player]


@pytest.mark.parametrize("is_ruled", [False, True])
def test_boards_and_counters_do_without_a_deleted_player(
    api: Api, anonymous: Api, game: Game, alice: Player, bob: Player, relay: Relay, boards: None, settings: Any,
    is_ruled: bool,
) -> None:  # fmt: skip
    both, one = make_achievement(game), make_achievement(game)
    former = make_player(display_name="Alice before")
    for player, item in ((alice, both), (bob, both), (former, one)):
        assert api.unlock(player, item).status_code == 201
    Player.objects.filter(pk=former.pk).update(merged_into=alice, merged_at=now())
    with transaction.atomic():
        record([PlayersMerged(former.id, alice.id)])
    relay()
    if is_ruled:
        untrack_player(player_id=alice.id, decided_by="command")
    relay()
    assert handles_on(game.id) == ([(1, "bob")] if is_ruled else [(1, "alice"), (2, "bob")])

    delete_player(player=alice)
    at_once = [anonymous.get(f"players/{player.id}").status_code for player in (alice, former)]
    relay()

    assert at_once == [404, 404]
    assert set(Player.objects.values_list("handle", flat=True)) == {"bob"}
    assert handles_on(game.id) == handles_on(PLATFORM_ID) == [(1, "bob")]
    assert (all_differences(settings), reconcile_counters(game.id)) == ([], 0)
    counted = dict(AchievementCounter.objects.values_list("achievement_id", "unlock_count"))
    assert counted == {both.id: 1, one.id: 0}
    assert api.unlock(alice, both).json()["code"] == "player_not_found"
    assert Unlock.objects.count() == 1


def test_a_game_knows_the_person_of_a_deleted_account_no_more(api: Api, person: Player, relay: Relay) -> None:
    achievement = make_achievement(Game.objects.get())
    api.unlock(person, achievement)

    delete_account(account=Account.objects.get(player=person))
    relay()

    person.refresh_from_db()
    assert person.handle.startswith("player-")
    assert Unlock.objects.get().player_id == person.id
    assert api.post(f"players/{person.id}/tokens").status_code == 404
    again = api.put("players/by-external-id/steam-7656", {"display_name": "Lighthouse", "region": "EU"})
    assert (again.status_code, Player.objects.count()) == (201, 3)


@pytest.fixture
def freeze(settings: Any) -> Iterator[Trouble]:
    with trouble_ahead("frozen", settings) as trouble:
        yield trouble


def test_what_a_player_earned_goes_while_redis_is_frozen(
    freeze: Trouble, api: Api, alice: Player, achievement: Achievement
) -> None:
    api.unlock(alice, achievement)
    freeze()

    with transaction.atomic():
        erase_ledgers([PlayersErased((alice.id,), is_whole=True)], Step())

    assert Unlock.objects.count() == 0


def test_an_idle_guest_goes_with_the_time_they_played(api: Api, game: Game, person: Player, relay: Relay) -> None:
    idle = make_player()
    Guest.objects.create(player=idle, game_id=game.id, seen_at=now() - timedelta(days=31))
    for player in (idle, person):
        api.post(f"players/{player.id}/playtime", {"session_id": "first", "seconds": 60})
    relay()

    delete_guests(now(), rows_max=10)
    relay()

    assert not Player.objects.filter(pk=idle.pk).exists()
    assert [model.objects.get().player_id for model in (PlaySession, PlayTime)] == [person.id] * 2


def test_a_picture_that_another_player_has_too_stays(person: Player) -> None:
    other = make_player(avatar=person.avatar.name)

    for player in (person, other):
        delete_player(player=player)
        assert default_storage.exists("players/avatars/portrait.png") == (player == person)


def test_every_column_of_ids_says_whether_it_is_of_people(db: None) -> None:
    everyone = dict.fromkeys(("account", "player", "device"), uuid4())

    unknown = {name for _, name, kind, _ in columns() if kind == "uuid" and person_of(name, kind, everyone) is None}

    # Whom a player became is looked for as the player's row.
    assert unknown - {"merged_into_id"} == OF_NOBODY


def test_every_table_that_keeps_something_of_deleted_people_is_in_the_documents() -> None:
    documented = Path("docs/privacy.md").read_text()

    assert [table for table in sorted(STAYS["account"] | STAYS["player"]) if f"`{table}`" not in documented] == []
