"""Links of board pages keep what was chosen, and figures on a page come from one moment."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import product
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from apps.core.redis import client as redis
from apps.games.actions import archive_achievement, unpublish_game
from apps.games.models import Achievement, Game, Membership
from apps.leaderboards.boards.links import BoardLink
from apps.leaderboards.models import Window
from apps.players.models import Player, Region
from apps.web.queries import boards
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_player

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boards")]

Relay = Callable[[], int]
Chosen = tuple[str, str, str, str]


def chosen_by(address: str) -> Chosen:
    """Return (slug, window, region, page) of a board's address, as a first-time reader of it would take them."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    slug = resolve(parts.path).kwargs["slug"]
    return slug, query.get("window", "all"), query.get("region", ""), query.get("page", "1")


def links_of(html: str, path: str) -> Iterator[tuple[str, Chosen]]:
    """Yield the words and the choice of each link that leads to a board, but for those of the site's frame."""
    main = html[html.index("<main") : html.index("</main>")]
    for href, words in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', main, re.DOTALL):
        address = unescape(href)
        address = f"{path}{address}" if address.startswith("?") else address
        if address.startswith("/leaderboards/"):
            yield " ".join(re.sub(r"<[^>]+>", " ", words).split()), chosen_by(address)


@pytest.mark.parametrize("is_empty", [False, True])
def test_every_link_changes_what_it_says_and_nothing_else(
    api: Api, game: Game, achievement: Achievement, relay: Relay, monkeypatch: pytest.MonkeyPatch, is_empty: bool
) -> None:
    monkeypatch.setattr(boards, "PAGE_SIZE", 1)
    shown = make_game(name="Empty") if is_empty else game
    for region in ("EU", "EU", "EU", "NA"):
        api.unlock(make_player(region=region), achievement)
    relay()

    for window, region, page in product(Window.values, ("", "EU", "OC"), ("1", "2", "9")):
        link = BoardLink(shown.slug, window, region, int(page))
        html = Client().get(link.path).content.decode()
        here = (shown.slug, window, region, page)
        for words, there in links_of(html, link.path.partition("?")[0]):
            changed = [number for number in range(4) if here[number] != there[number]]
            expected = {
                "All games": [0], "Empty": [0], game.name: [0],
                "See all time": [1], "See all regions": [2], "Everywhere": [2], "Go to the top": [3],
                "Previous 50": [3], "Next 50": [3],
                **{label: [1] for label in Window.labels}, **{label: [2] for label in Region.labels},
            }[words]  # fmt: skip
            # Another board opens at its top.
            assert {number for number in changed if number != 3} <= set(expected), (here, words, there)
            if expected != [3]:
                assert there[3] == "1", (here, words, there)
        if page == "9":
            assert ("Go to the top", (*here[:3], "1")) in list(links_of(html, link.path.partition("?")[0]))


@pytest.mark.parametrize(
    ("window", "region", "text", "links"),
    [
        ("all", "", "The leaderboard starts with the first achievement earned.", []),
        ("week", "", "The leaderboard starts with the first achievement earned in this period.", ["See all time"]),
        ("all", "EU", "The leaderboard starts when a player from Europe earns an achievement.", ["See all regions"]),
        ("day", "EU", "The leaderboard starts when a player from Europe earns an achievement in this period.",
         ["See all time", "See all regions"]),
    ],
)  # fmt: skip
def test_an_empty_board_says_what_opens_it(game: Game, window: str, region: str, text: str, links: list[str]) -> None:
    path = BoardLink(game.slug, window, region).path
    html = Client().get(path).content.decode()

    assert text in html
    assert [words for words, _ in links_of(html, path.partition("?")[0]) if words.startswith("See ")] == links


def test_the_page_before_one_that_is_far_too_deep_is_the_last(game: Game) -> None:
    html = Client().get(f"/leaderboards/{game.slug}/?page=900&window=week").content.decode()

    assert ("Previous 50", (game.slug, "week", "", "1")) in list(links_of(html, f"/leaderboards/{game.slug}/"))


@pytest.mark.parametrize("is_down", [False, True])
def test_a_fresh_games_page_counts_the_players_it_ranks(
    api: Api, alice: Player, game: Game, achievement: Achievement, relay: Relay, is_down: bool
) -> None:
    api.unlock(alice, achievement)
    relay()
    if is_down:
        redis.client().flushall()

    html = " ".join(Client().get(f"/games/{game.slug}/").content.decode().split())

    assert "<dt>player</dt><dd>1</dd>" in html
    assert "alice" in html


@pytest.mark.parametrize("is_logged_in", [False, True])
def test_a_games_page_lists_what_was_earned_in_that_game(
    api: Api, alice: Player, bob: Player, game: Game, achievement: Achievement, relay: Relay, is_logged_in: bool
) -> None:
    other = make_game(slug="other", name="Other Shores")
    api.unlock(alice, achievement)
    relay()
    reader = Client()
    if is_logged_in:
        Player.objects.filter(pk=bob.pk).update(account=make_account())
        reader.force_login(Player.objects.get(pk=bob.pk).account)

    assert "Just earned" in reader.get(f"/games/{game.slug}/").content.decode()
    assert "Just earned" not in reader.get(f"/games/{other.slug}/").content.decode()


def test_a_profile_counts_everything_earned_and_each_game_its_base_set(
    api: Api, alice: Player, game: Game, achievement: Achievement, relay: Relay
) -> None:
    api.unlock(alice, achievement)
    api.unlock(alice, make_achievement(game))
    archive_achievement(achievement=achievement)
    relay()

    html = " ".join(Client().get("/players/alice/").content.decode().split())

    assert "<dt>achievements</dt><dd>2</dd>" in html
    assert "1 of 1 achievement and 1 other, " in html


def test_lists_of_games_count_players_as_boards_do(
    api: Api, alice: Player, game: Game, achievement: Achievement, relay: Relay
) -> None:
    api.unlock(alice, achievement)
    relay()

    for path in ("/", "/games/"):
        assert "1 player" in " ".join(re.sub(r"<[^>]+>", " ", Client().get(path).content.decode()).split()), path


def test_a_hidden_games_pages_are_its_studios_members_alone(
    api: Api, anonymous: Api, alice: Player, game: Game, achievement: Achievement, relay: Relay,
    as_account: Callable[..., Api],
) -> None:  # fmt: skip
    api.unlock(alice, achievement)
    relay()
    member = make_account()
    Membership.objects.create(studio=game.studio, account=member, role="viewer")
    pages = [f"/leaderboards/{game.slug}/", f"/leaderboards/{game.slug}/?page=2", f"/games/{game.slug}/"]
    board = f"leaderboards/{game.id}"
    calls = [
        *(f"{board}?{query}" for query in ("", "page_size=1", "window=week", "region=EU", "region=EU,NA", "page=2")),
        f"{board}/players/{alice.id}", f"{board}/closed", f"{board}/players/{alice.id}/history",
    ]  # fmt: skip
    statistics = f"players/{alice.id}/statistics?game={game.id}"
    assert {anonymous.get(call).status_code for call in calls} == {200}
    assert [slot["unlock_count"] for slot in anonymous.get(statistics).json()["results"]] == [1]

    unpublish_game(game=game)
    relay()

    for caller in (anonymous, api, as_account(make_account())):
        assert [call for call in calls if caller.get(call).json().get("code") != "game_not_found"] == []
        assert {caller.client.get(page).status_code for page in pages} == {404}
    assert anonymous.get(statistics).json()["results"] == []
    own = as_account(member)
    assert {own.get(call).status_code for call in calls} == {200}
    assert own.get(f"{board}").json()["results"][0]["player"]["handle"] == "alice"
    assert own.get(f"{board}").headers["Cache-Control"] == "no-store"
    for page in pages:
        assert "Only members of its studio" in own.client.get(page).content.decode()
    # What a member was shown is cached for nobody.
    assert anonymous.get(board).json()["code"] == "game_not_found"
