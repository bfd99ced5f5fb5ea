"""Who is private, or open to those they follow only, is shown to no stranger: by no route, feed, board or notice."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

from apps.core.clock import now
from apps.core.realtime.publishing import Message
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import Window
from apps.leaderboards.results.window_closing import Closing, close
from apps.leaderboards.rivalry.board_follows import follow_board
from apps.leaderboards.standings import rank_history
from apps.notifications.models import Notification
from apps.players.actions import edit_player, follow_player
from apps.players.models import ExternalIdentity, Player
from apps.portal.queries.live import tail_of
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_player

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boards")]

Relay = Callable[[], int]
HANDLE, NAME = "pia-unseen", "Pia Hidden-Away"
# Django's own, for people who log in as themselves; and what answers for ever.
LEFT_OUT = ("admin/", "account/", "accounts/", "portal/", "static/", "media/", "identity/", "_allauth", "i18n/")


@pytest.fixture(params=["private", "followers"])
def pia(request: Any, db: None) -> Player:
    return make_player(handle=HANDLE, display_name=NAME, region="EU", visibility=request.param)


@pytest.fixture
def second(game: Game) -> Achievement:
    return make_achievement(game, points=5)


@pytest.fixture
def world(api: Api, game: Game, achievement: Achievement, second: Achievement, alice: Player, pia: Player,
          relay: Relay) -> date:  # fmt: skip
    """Pia leads wherever there is a list, went past Alice on boards she follows, and won a day, which is returned."""
    follow_player(follower_id=alice.id, followed_id=pia.id)
    if pia.visibility == "private":
        follow_player(follower_id=pia.id, followed_id=alice.id)
    for scope_id in (game.id, PLATFORM_ID):
        follow_board(player_id=alice.id, scope_id=scope_id, window=Window.ALL)
    api.unlock(alice, second)
    relay()
    api.unlock(pia, achievement)
    api.unlock(pia, second)
    relay()
    today = now().astimezone(UTC).date()
    for scope_id in (game.id, PLATFORM_ID):
        assert close(Closing(scope_id, Window.DAY, today), now()) == 2
        rank_history.store_ranks(scope_id, today)
    relay()
    return today


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, prefix + str(item.pattern))
        elif isinstance(item, URLPattern):
            yield prefix + str(item.pattern)


def addresses(pia: Player, game: Game, achievement: Achievement, day: date) -> list[str]:
    """Return every public address there is, naming Pia wherever one names a player."""
    values = {
        "game_id": game.id, "game": game.id, "achievement": achievement.id, "player_id": pia.id, "player": pia.id,
        "external_id": "pia", "window": "day", "opened_on": day, "handle": pia.handle, "slug": game.slug, "seq": 1,
    }  # fmt: skip
    found = []
    for pattern in routes(get_resolver().url_patterns):
        route = pattern.replace("\\Z", "").removeprefix("^").removesuffix("$")
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values.get(match[1], "x")), route)
        if path.startswith(LEFT_OUT) or re.search(r"[()^$\\?]", path) or path.endswith("notifications/stream"):
            continue
        found.append(f"/{path}")
        if "leaderboards/" in path and path.endswith((str(game.id), "global", "/")):
            found += [f"/{path}?window=day", f"/{path}?region=EU", f"/{path}?region=EU,NA", f"/{path}?page_size=1"]
        if game.slug in path:
            found.append(f"/{path}".replace(game.slug, "global"))
    found.append(f"/api/v1/compare?players={pia.id},{pia.id}")
    found += [f"/api/v1/games/{game.id}/achievements?player_id={pia.id}", f"/api/v1/players?q={HANDLE[:4]}"]
    return found


def leaks_of(pia: Player, path: str, response: Any) -> list[str]:
    """Return what a response reveals of Pia, but for repeating the request."""
    text = response.getvalue().decode(errors="replace") + str(response.headers)
    text = text.replace(path, "").replace(path.partition("?")[0], "")
    return [item for item in (HANDLE, NAME, str(pia.id), pia.id.hex) if item in text]


def strangers(
    as_player: Callable[[Player], Api], token_api: Callable[..., Api], alice: Player, game: Game
) -> dict[str, Api]:
    return {
        "anyone": Api(),
        "a log-in": as_player(alice),
        "a token": token_api(alice, game),
        "a key of the game, which does not know her": Api(make_key(game)),
        "a key of another game": Api(make_key(make_game())),
    }


def test_no_page_reveals_her_to_a_stranger(
    as_player: Callable[[Player], Api], token_api: Callable[..., Api], alice: Player, pia: Player, game: Game,
    achievement: Achievement, world: date,
) -> None:  # fmt: skip
    paths = addresses(pia, game, achievement, world)
    callers = strangers(as_player, token_api, alice, game)

    leaks = [
        (name, path, found)
        for name, caller in callers.items()
        for path in paths
        if not path.startswith("/api/") or path.startswith("/api/v1/")
        if (found := leaks_of(pia, path, caller.client.get(path, headers=caller.headers)))
    ]

    assert leaks == []
    assert len(paths) > 60


def test_the_first_places_are_there_without_a_name(
    anonymous: Api, alice: Player, pia: Player, game: Game, world: date
) -> None:
    board = f"leaderboards/{game.id}"
    places = [board, board, "leaderboards/global", f"{board}?region=EU,NA", f"{board}/closed/day/{world}"]
    for path, member in [*((path, "results") for path in places), (f"{board}/players/{alice.id}", "neighbours")]:
        first, other = anonymous.get(path).json()[member]

        assert (first["rank"], first["player"], first["points"], first["unlock_count"]) == (1, None, 15, 2)
        assert first["reached_at"] is not None
        assert (other["rank"], other["player"]["handle"]) == (2, "alice")
    (closed,) = anonymous.get(f"{board}/closed?window=day").json()["results"]
    assert [row["player"] and row["player"]["handle"] for row in closed["leaders"]] == [None, "alice"]
    place = anonymous.get(f"{board}/players/{pia.id}")
    assert (place.status_code, place.json()["code"]) == (404, "player_not_ranked")
    page = Client().get(f"/leaderboards/{game.slug}/").content.decode()
    assert page.count("Private player") == 1


def test_no_notice_and_no_hint_names_her(alice: Player, pia: Player, world: date) -> None:
    content = str(list(Notification.objects.filter(player=alice).values()))

    assert not any(item in content for item in (HANDLE, NAME, str(pia.id), pia.id.hex))
    assert {row.kind for row in Notification.objects.filter(player=alice)} == {"own_unlock", "season_medal"}


def test_the_hints_of_boards_name_nobody(
    api: Api, alice: Player, pia: Player, game: Game, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Message] = []
    monkeypatch.setattr("apps.core.realtime.publishing.publish", published.extend)
    api.unlock(pia, make_achievement(game))
    relay()

    others = [message for group, message in published if pia.id.hex not in str(group)]
    assert others
    assert not any(item in str(others) for item in (HANDLE, NAME, str(pia.id), pia.id.hex))


def test_she_sees_her_own_row_whole(
    as_player: Callable[[Player], Api], token_api: Callable[..., Api], pia: Player, game: Game, world: date
) -> None:
    for caller in (as_player(pia), token_api(pia, game)):
        place = caller.get(f"leaderboards/{game.id}/players/{pia.id}").json()
        final = caller.get(f"leaderboards/{game.id}/closed/day/{world}").json()["results"]
        friends = caller.get(f"leaderboards/{game.id}/friends").json()["results"]

        assert (place["rank"], place["player"]["handle"]) == (1, HANDLE)
        assert place["neighbours"][0]["player"]["display_name"] == NAME
        assert final[0]["player"]["id"] == str(pia.id)
        assert friends[0]["player"]["handle"] == HANDLE
    page = as_player(pia).client.get(f"/leaderboards/{game.slug}/").content.decode()
    assert NAME in page
    assert "You</span>" in page


def test_a_key_sees_whom_its_game_knows(api: Api, pia: Player, game: Game, world: date) -> None:
    ExternalIdentity.objects.create(game_id=game.id, environment="live", external_id="pia", player=pia)

    assert api.get(f"leaderboards/{game.id}/players/{pia.id}").json()["player"]["handle"] == HANDLE
    assert Api(make_key(game, "test")).get(f"leaderboards/{game.id}/players/{pia.id}").status_code == 404


def test_whom_she_follows_sees_her_if_she_is_open_to_them(
    as_player: Callable[[Player], Api], alice: Player, pia: Player, game: Game, world: date
) -> None:
    if pia.visibility == "followers":
        follow_player(follower_id=pia.id, followed_id=alice.id)
    seen = pia.visibility == "followers"

    neighbours = as_player(alice).get(f"leaderboards/{game.id}/players/{alice.id}").json()["neighbours"]
    page = as_player(alice).client.get(f"/leaderboards/{game.slug}/").content.decode()
    feed = as_player(alice).client.get(f"/games/{game.slug}/").content.decode()

    assert (neighbours[0]["player"] is not None, NAME in page, feed.count(NAME)) == (seen, seen, 3 if seen else 0)
    # What is cached is the same for everyone.
    assert as_player(alice).get(f"leaderboards/{game.id}").json()["results"][0]["player"] is None


@pytest.mark.parametrize("size", [1, 100])
def test_a_change_of_privacy_or_name_drops_what_was_cached(
    anonymous: Api, api: Api, alice: Player, game: Game, achievement: Achievement, relay: Relay, size: int
) -> None:
    api.unlock(alice, achievement)
    relay()
    paths = [f"leaderboards/{scope}?page_size={size}{region}" for scope in (game.id, "global")
             for region in ("", "&region=EU", "&window=week")]  # fmt: skip
    shown = [anonymous.get(path).json()["results"][0]["player"]["display_name"] for path in paths]

    edit_player(player_id=alice.id, display_name="Alice Anew")
    relay()
    renamed = [anonymous.get(path).json()["results"][0]["player"]["display_name"] for path in paths]
    edit_player(player_id=alice.id, visibility="private")
    relay()
    hidden = [anonymous.get(path).json()["results"][0]["player"] for path in paths]

    assert (shown, renamed, hidden) == (["Alice"] * 6, ["Alice Anew"] * 6, [None] * 6)


def test_a_studio_sees_in_its_tail_whom_its_game_knows(pia: Player, game: Game, world: date) -> None:
    strange = {(row.player_name, row.player_handle) for row in tail_of(game)}
    ExternalIdentity.objects.create(game_id=game.id, environment="live", external_id="pia", player=pia)
    known = {(row.player_name, row.player_handle) for row in tail_of(game)}

    assert (strange, known) == ({("Alice", "alice"), ("", "")}, {("Alice", "alice"), (NAME, "")})
