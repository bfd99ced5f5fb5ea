"""The demo installation: original, deterministic, and as true as anything that came through the API."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from apps.core.clock import now
from apps.demo.content import GAME_WITH_MODES, KEYED_GAME, SHIPPED_GAME, demo_games
from apps.demo.guests import GUESTS
from apps.demo.motifs import MOTIFS
from apps.games.models import Achievement, AchievementDraft, AchievementSet, Game, HistoryEntry, ScheduledPublication
from apps.leaderboards.models import Crown
from apps.notifications.models import Announcement, Inbox, Notification
from apps.players.models import Device, Player
from apps.unlocks.models import HardcoreUnlock, SandboxUnlock, Source, Unlock
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.conftest import Api
from tests.recompute import differences, recent_windows

pytestmark = pytest.mark.django_db(transaction=True)
PLAYERS = 150


@pytest.fixture
def demo(settings: Any, tmp_path: Path, quick_pictures: None) -> dict[str, Any]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.LAUREL_HOME = tmp_path
    call_command("seed_demo", players=PLAYERS, verbosity=0)
    return dict(json.loads((tmp_path / "demo.json").read_text()))


def test_content_is_complete_and_within_budget() -> None:
    assert len(demo_games()) == 6
    for title in demo_games():
        keys = [achievement.key for achievement in title.achievements]
        assert 25 <= len(keys) <= 60
        assert len(set(keys)) == len(keys)
        points = Counter[str]()
        for achievement in title.achievements:
            points[achievement.set] += achievement.points
        assert 900 <= points["base"] <= 1000
        assert points.keys() == {"base", *(item.key for item in title.sets)}
        assert {achievement.motif for achievement in title.drawn} <= set(MOTIFS)
        assert any(achievement.is_hidden for achievement in title.achievements)
        assert {achievement.kind == "incremental" for achievement in title.achievements} == {True, False}
        assert all(
            (achievement.target is not None) == (achievement.kind == "incremental")
            for achievement in title.achievements
        )


def test_everything_that_follows_from_the_history_is_in_place(demo: dict[str, Any], relay: Callable[[], int]) -> None:
    # The relay reports the windows that were closed.
    relay()
    database = connection.settings_dict
    dsn = f"host={database['HOST']} port={database['PORT']} dbname={database['NAME']} user={database['USER']}"
    if database["PASSWORD"]:
        dsn += f" password={database['PASSWORD']}"

    assert differences(dsn, settings.REDIS_URL, windows_since=recent_windows(), recorded_since=now()) == []
    assert Unlock.objects.count() > 1000
    assert set(AchievementSet.objects.values_list("kind", flat=True)) == {"base", "dlc", "event"}
    event = AchievementSet.objects.get(kind="event")
    in_event = Unlock.objects.filter(achievement__achievement_set=event)
    assert in_event.exists()
    assert not in_event.exclude(unlocked_at__gte=event.opens_at, unlocked_at__lt=event.closes_at).exists()
    assert set(Crown.objects.values_list("player_id", "game_id")) == complete_players()
    assert len(set(Player.objects.values_list("number", flat=True))) == PLAYERS + len(GUESTS)


def complete_players() -> set[tuple[UUID, UUID]]:
    """Return who holds everything of a game's base set."""
    base = Achievement.objects.filter(set_kind="base")
    totals = Counter(base.values_list("game_id", flat=True))
    held = Counter(Unlock.objects.filter(achievement__set_kind="base").values_list("player_id", "game_id"))
    return {pair for pair, count in held.items() if count == totals[pair[1]]}


def test_every_corner_that_a_visitor_opens_has_something_in_it(demo: dict[str, Any]) -> None:
    players = [UUID(player["id"]) for player in demo["players"]]
    inboxes = {inbox.player_id: inbox for inbox in Inbox.objects.filter(player_id__in=players)}
    kinds = {
        player: set(Notification.objects.filter(player=player).values_list("kind", flat=True)) for player in players
    }
    endpoint = WebhookEndpoint.objects.get()
    log = Counter(WebhookDelivery.objects.filter(endpoint=endpoint).values_list("state", flat=True))
    (unpublished,) = Game.objects.filter(is_published=False)

    assert all(inboxes[player].last_seq - inboxes[player].read_seq == 3 for player in players)
    assert all({"own_unlock", "friend_unlock", "studio_announcement"} <= kinds[player] for player in players)
    assert not Notification.objects.filter(player_id__in=players, created_at__gt=now()).exists()
    keyed = Game.objects.get(slug=KEYED_GAME)
    drafts = AchievementDraft.objects.values_list("achievement__game", "achievement__points", "points")
    (publication,) = ScheduledPublication.objects.select_related("achievement")

    assert log == {"delivered": 39, "failed": 1}
    assert list(drafts) == [(keyed.id, 15, 10)]
    unreleased = keyed.achievements.exclude(state="published")
    assert list(unreleased.values_list("key", "state")) == [("ACH_OPEN_WATER", "draft")]
    assert "ACH_OPEN_WATER" not in {item["key"] for item in demo["game"]["achievements"]}
    assert (publication.achievement.key, publication.due_at > now()) == ("ACH_OPEN_WATER", True)
    assert [entry.act for entry in HistoryEntry.objects.order_by("id")] == ["found", "edited", "created", "scheduled"]
    assert Announcement.objects.get().state == "sent"
    assert set(unpublished.achievements.values_list("state", flat=True)) == {"draft"}
    assert SandboxUnlock.objects.filter(game=unpublished).count() == 12
    assert nearly_complete(players[0]) == [1]


def test_guests_of_the_shipped_game_stand_where_their_devices_brought_them(demo: dict[str, Any]) -> None:
    shipped, anyone = demo["shipped_game"], Api()
    guests = Player.objects.exclude(guest=None)

    board = anyone.get(f"leaderboards/{shipped['id']}?page_size=100").json()["results"]
    key = Api(shipped["publishable_key"])
    made = [key.post("guests", headers={"Origin": origin}).status_code for origin in shipped["allowed_origins"]]

    unlocks = Unlock.objects.filter(source=Source.PUBLISHABLE)
    assert Counter(unlocks.values_list("player__display_name", flat=True)) == {
        guest.display_name: guest.earned_count for guest in GUESTS
    }
    assert set(unlocks.values_list("achievement__key", flat=True)) == set(shipped["achievements"])
    assert not unlocks.exclude(unlocked_at__gt=F("player__created_at"), unlocked_at__lt=now()).exists()
    assert {row["player"]["display_name"] for row in board if row["player"]} >= {guest.display_name for guest in GUESTS}
    assert (shipped["slug"], made, len(shipped["achievements"])) == (SHIPPED_GAME, [201, 201], 8)
    assert guests.filter(devices=None).count() == 0
    assert Device.objects.filter(player_id=demo["players"][0]["id"]).count() == 1


def test_the_game_with_modes_is_alive_in_both(demo: dict[str, Any]) -> None:
    game, key = demo["game_with_modes"], Api(demo["game_with_modes"]["live_key"])
    in_hardcore = HardcoreUnlock.objects.filter(game_id=game["id"])
    points = Counter[UUID]()
    for row in in_hardcore:
        points[row.player_id] += Achievement.objects.get(pk=row.achievement_id).points
    casual = Unlock.objects.filter(game_id=game["id"]).exclude(
        achievement_id__in=in_hardcore.values("achievement_id"), player_id__in=in_hardcore.values("player_id")
    )[0]

    board = key.get(f"leaderboards/{game['id']}?mode=hardcore&page_size=100").json()["results"]
    shares = key.get(f"games/{game['id']}/achievements?page_size=100").json()["results"]
    body = {"player_id": str(casual.player_id), "achievement_id": str(casual.achievement_id), "hardcore": True}
    report = key.post("achievements/unlock", body)

    assert game.keys() == demo["game"].keys() == {"id", "slug", "live_key", "test_key", "achievements"}
    assert not Unlock.objects.filter(
        player_id=demo["players"][0]["id"], achievement_id=game["achievements"][0]["id"]
    ).exists()
    assert Api(game["test_key"]).get(f"games/{game['id']}").json()["has_modes"] is True
    assert list(Game.objects.filter(has_modes=True).values_list("slug", flat=True)) == [game["slug"]]
    assert game["slug"] == GAME_WITH_MODES
    assert [row["points"] for row in board] == sorted(points.values(), reverse=True)
    assert 5 < len(points) < in_hardcore.count()
    assert {item["hardcore_rarity"]["share"] is None for item in shares} == {False}
    assert (report.status_code, report.json()["unlocked"], report.json()["hardcore"]) == (200, False, True)


def nearly_complete(player_id: UUID) -> list[int]:
    """Return how many achievements of a base set the player lacks, of each game where these are few."""
    base = Achievement.objects.filter(set_kind="base", game__is_published=True)
    held = set(Unlock.objects.filter(player_id=player_id).values_list("achievement_id", flat=True))
    lacking = Counter(game_id for id_, game_id in base.values_list("id", "game_id") if id_ not in held)
    return [count for count in lacking.values() if count < 3]


def test_a_second_run_changes_nothing_but_the_address(demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [model.objects.count() for model in (Player, Game, Achievement, Unlock)]
    Player.objects.filter(pk=demo["players"][0]["id"]).update(handle="renamed")
    monkeypatch.setenv("PORT", "8099")

    call_command("seed_demo", verbosity=0)

    again = json.loads((Path(settings.LAUREL_HOME) / "demo.json").read_text())
    assert [model.objects.count() for model in (Player, Game, Achievement, Unlock)] == counts
    # The address they log in with stays.
    demo["players"][0]["handle"] = "renamed"
    assert again == {**demo, "base_url": "http://127.0.0.1:8099", "ws_url": "ws://127.0.0.1:8099"}
    assert Player.objects.count() == PLAYERS + len(GUESTS)


def test_demo_json_opens_every_door(demo: dict[str, Any]) -> None:
    game, players = demo["game"], demo["players"]
    body = {"player_id": players[0]["id"], "achievement_id": game["achievements"][0]["key"]}

    live, test = (Api(game[f"{environment}_key"]) for environment in ("live", "test"))

    assert len(players) == 20
    assert live.post("achievements/unlock", body).status_code == 201
    assert live.post("achievements/unlock", body).status_code == 200
    assert test.post("achievements/unlock", body).status_code == 201
    assert (Path(settings.LAUREL_HOME) / "demo.json").stat().st_mode & 0o777 == 0o600
    for person in (demo["studio"], players[0], players[19]):
        assert live.client.login(email=person["email"], password=person["password"]) is True


def test_an_interrupted_run_leaves_nothing_and_the_next_one_completes(
    settings: Any, tmp_path: Path, quick_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.LAUREL_HOME = tmp_path

    def interrupt(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("apps.demo.population.standing_changes.fill", interrupt)
        with pytest.raises(KeyboardInterrupt):
            call_command("seed_demo", players=30, verbosity=0)
    assert (Player.objects.count(), Game.objects.count(), Unlock.objects.count()) == (0, 0, 0)

    call_command("seed_demo", players=30, verbosity=0)

    assert (Player.objects.count(), Game.objects.count()) == (30 + len(GUESTS), 7)


def test_a_run_interrupted_while_it_draws_is_completed_with_pictures_by_the_next(
    settings: Any, tmp_path: Path, quick_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.LAUREL_HOME = tmp_path

    def interrupt(_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("apps.demo.management.commands.seed_demo.store_pictures", interrupt)
        with pytest.raises(KeyboardInterrupt):
            call_command("seed_demo", players=30, verbosity=0)
    unlocks = Unlock.objects.count()

    call_command("seed_demo", players=30, verbosity=0)

    unlocks += sum(guest.earned_count for guest in GUESTS)
    assert (Player.objects.count(), Game.objects.count(), Unlock.objects.count()) == (30 + len(GUESTS), 7, unlocks)
    assert Game.objects.exclude(cover="").count() == 7
    assert Achievement.objects.filter(icon="").count() == 0
