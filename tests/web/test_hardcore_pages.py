"""What pages show of a game's hardcore mode, and that they show nothing of it elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.modes import Mode, scope_of
from apps.leaderboards.models import Window
from apps.leaderboards.results import window_closing
from apps.leaderboards.rivalry.board_follows import boards_followed_by, follow_board
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from tests.factories import make_account, make_achievement, make_game, make_player, turn_on_modes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("boards")]
Relay = Callable[[], int]


@pytest.fixture
def game(game: Game) -> Game:
    """A game with modes."""
    return turn_on_modes(game)


def earn(player: Player, achievement: Achievement, at: Any = None, *, hardcore: bool = True) -> None:
    record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=hardcore)])


def page(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def logged_in(player: Player) -> Client:
    player.account = make_account()
    player.save(update_fields=["account"])
    client = Client()
    client.force_login(player.account)
    return client


def test_a_board_switches_between_modes_and_keeps_the_rest(
    game: Game, alice: Player, bob: Player, relay: Relay
) -> None:
    prize, other = make_achievement(game, points=10), make_achievement(game, points=30)
    earn(alice, prize)
    earn(bob, other, hardcore=False)
    relay()
    path = f"/leaderboards/{game.slug}/"

    casual, hardcore = page(f"{path}?window=week&region=EU"), page(f"{path}?mode=hardcore&window=week&region=EU")

    assert f'href="{path}?mode=hardcore&amp;window=week&amp;region=EU"' in casual
    assert f'<a href="{path}?window=week&amp;region=EU" >Casual</a>' in hardcore
    assert f'<a href="{path}?mode=hardcore&amp;window=week&amp;region=EU" aria-current="page">Hardcore</a>' in hardcore
    assert f'href="{path}?mode=hardcore&amp;window=day&amp;region=EU"' in hardcore
    assert ("alice" in hardcore, "bob" in page(f"{path}?mode=hardcore"), "bob" in page(path)) == (True, False, True)
    assert f'data-live-socket="/ws/boards/{game.id}/"' in hardcore
    assert 'href="/leaderboards/global/"' in hardcore


def test_following_a_hardcore_board_returns_to_it(game: Game, alice: Player, relay: Relay) -> None:
    earn(alice, make_achievement(game, points=10))
    relay()
    client, path = logged_in(alice), f"/leaderboards/{game.slug}/"

    answer = client.post(f"{path}follow/", {"window": "week", "mode": "hardcore", "follow": "yes"})

    assert (answer.status_code, answer["Location"]) == (302, f"{path}?mode=hardcore&window=week")
    assert boards_followed_by(alice.id) == [(scope_of(game.id, Mode.HARDCORE), Window.WEEK)]
    own = page(f"/players/{alice.handle}/", client)
    assert f'<a href="{path}?mode=hardcore&amp;window=week">' in own
    assert "This week, hardcore" in own


def test_rows_show_the_mark_and_the_rarity_of_the_mode(game: Game, alice: Player, relay: Relay) -> None:
    both, casual = make_achievement(game, points=10, name="Both"), make_achievement(game, points=5, name="Once")
    players = [alice, *(make_player() for _ in range(19))]
    for number, player in enumerate(players):
        earn(player, both, hardcore=number < 2)
        earn(player, casual, hardcore=False)
    relay()
    refresh_completion_rates()
    client = logged_in(alice)

    own, visited = page(f"/games/{game.slug}/", client), page(f"/games/{game.slug}/")
    profile = page(f"/players/{alice.handle}/")
    game.studio.memberships.create(account=alice.account, role="viewer")
    portal = page(f"/portal/games/{game.slug}/", client)
    Game.objects.filter(pk=game.pk).update(has_modes=False)
    portal_without = page(f"/portal/games/{game.slug}/", client)

    assert own.count("Hardcore <time") == 1
    assert "Hardcore <time" not in visited
    assert visited.count('<p class="rarity">Hardcore<svg') == 2
    assert "10.0% <span" in visited
    assert f'href="/leaderboards/{game.slug}/?mode=hardcore">Hardcore<span' in visited
    # Among the latest, and among the rarest.
    assert profile.count('<span class="hardcore">') == 2
    assert profile.count('<p class="exhibit__line">10.0% in hardcore</p>') == 1
    assert portal.count('<p class="rarity">Hardcore<svg') == 2
    assert portal_without.count('<p class="rarity">Hardcore<svg') == 0


def test_a_medal_of_a_hardcore_board_says_so(game: Game, alice: Player, relay: Relay) -> None:
    earn(alice, make_achievement(game, points=10), now() - timedelta(days=3))
    relay()
    day = (now() - timedelta(days=3)).date()
    for scope in (game.id, scope_of(game.id, Mode.HARDCORE)):
        with transaction.atomic():
            window_closing.close(window_closing.Closing(scope, Window.DAY, day), now())

    shown = page(f"/players/{alice.handle}/")
    medals = shown[shown.index('id="medals-title"') :]
    Game.objects.filter(pk=game.pk).update(has_modes=False)
    hidden = page(f"/players/{alice.handle}/")

    assert medals[: medals.index("</section>")].count('class="hardcore"') == 1
    assert shown.count('class="medal ') == 2
    assert hidden.count('class="medal ') == 1


def test_where_modes_are_off_nothing_shows_of_them(game: Game, alice: Player, relay: Relay) -> None:
    earn(alice, make_achievement(game, points=10))
    relay()
    follow_board(player_id=alice.id, scope_id=scope_of(game.id, Mode.HARDCORE), window=Window.ALL)
    refresh_completion_rates()
    client = logged_in(alice)
    Game.objects.filter(pk=game.pk).update(has_modes=False)

    pages = [f"/leaderboards/{game.slug}/", f"/games/{game.slug}/", f"/players/{alice.handle}/", "/"]
    shown = [page(path, client).lower() for path in pages]

    assert [path for path, text in zip(pages, shown, strict=True) if "hardcore" in text] == []
    for path in (f"/leaderboards/{game.slug}/?mode=hardcore", "/leaderboards/global/?mode=hardcore"):
        assert Client().get(path).status_code == 404
    refused = client.post(f"/leaderboards/{game.slug}/follow/", {"window": "all", "mode": "hardcore", "follow": "yes"})
    assert refused.status_code == 404


def test_pages_of_games_without_modes_run_no_query_of_them(alice: Player, relay: Relay) -> None:
    plain = make_game()
    earn(alice, make_achievement(plain, points=10), hardcore=False)
    relay()
    client = logged_in(alice)

    for path in (f"/games/{plain.slug}/", f"/players/{alice.handle}/", f"/leaderboards/{plain.slug}/"):
        with CaptureQueriesContext(connection) as queries:
            page(path, client)
        assert [item["sql"] for item in queries if "hardcore_unlock" in item["sql"]] == []
