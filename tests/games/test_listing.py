"""Who lists and delists games: the operator's rule, the command and the admin; and what a studio sees of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from apps.core.background.scheduled_jobs import find_job, run_due
from apps.games.actions import delist_game, list_game
from apps.games.models import AchievementCompletion, Game, Membership, Studio, Trust, TrustDecision, TrustMove
from apps.players.models import Account
from tests.factories import make_account, make_achievement, make_game, make_studio
from tests.live import is_someone_waiting, wait_until

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
MOST = {"LISTING_BY_RULE": True, "LISTING_CONFIRMED_ADDRESS": True, "LISTING_STUDIO_DAYS": 30, "LISTING_PLAYERS": 3}


@pytest.fixture
def owner() -> Account:
    return make_account()


@pytest.fixture
def game(owner: Account, settings: Any) -> Game:
    """A game in development that meets each condition, and none by more than it must."""
    for name, value in MOST.items():
        setattr(settings, name, value)
    studio = make_studio(owner=owner)
    Studio.objects.update(created_at=MOMENT - timedelta(days=30))
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True)
    game = make_game(studio=studio, trust=Trust.DEVELOPING)
    AchievementCompletion.objects.create(achievement=make_achievement(game), player_count=3, unlock_count=3)
    return game


def trust_after_the_job(game: Game) -> tuple[str, list[str]]:
    assert run_due(find_job("list_games"), moment=MOMENT)
    game.refresh_from_db()
    return game.trust, list(TrustDecision.objects.values_list("decided_by", flat=True))


def test_the_hourly_job_lists_a_game_that_meets_each_condition(game: Game) -> None:
    assert trust_after_the_job(game) == ("listed", ["rule"])


Lack = Callable[[Game, Any], object]
LACKING: dict[str, Lack] = {
    "published": lambda game, settings: Game.objects.update(is_published=False),
    "confirmed address": lambda game, settings: EmailAddress.objects.update(verified=False),
    "second owner's address": lambda game, settings: Membership.objects.create(
        studio=game.studio, account=make_account(), role="owner"
    ),
    "any owner": lambda game, settings: Membership.objects.update(role="editor"),
    "age": lambda game, settings: Studio.objects.update(created_at=MOMENT - timedelta(days=30, seconds=-1)),
    "players": lambda game, settings: AchievementCompletion.objects.update(player_count=2),
    "rule": lambda game, settings: setattr(settings, "LISTING_BY_RULE", False),
    "never delisted": lambda game, settings: Game.objects.update(trust=Trust.DELISTED),
}


@pytest.mark.parametrize("name", LACKING)
def test_the_job_leaves_a_game_that_lacks_one(name: str, game: Game, settings: Any) -> None:
    LACKING[name](game, settings)
    before = Game.objects.get().trust

    assert trust_after_the_job(game) == (before, [])
    assert before != "listed"


def test_a_condition_set_to_zero_requires_nothing(game: Game, settings: Any) -> None:
    settings.LISTING_CONFIRMED_ADDRESS, settings.LISTING_STUDIO_DAYS, settings.LISTING_PLAYERS = False, 0, 0
    EmailAddress.objects.all().delete()
    Studio.objects.update(created_at=MOMENT)
    AchievementCompletion.objects.all().delete()

    assert trust_after_the_job(game) == ("listed", ["rule"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("decide", "trust"), [(delist_game, "delisted"), (list_game, "listed")])
def test_the_job_leaves_a_game_on_which_an_operator_decides_meanwhile(
    decide: Callable[..., Game], trust: str, game: Game
) -> None:
    def run() -> bool:
        try:
            return run_due(find_job("list_games"), moment=MOMENT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        decide(game_id=game.id, decided_by="command")
        job = threads.submit(run)
        wait_until(lambda: is_someone_waiting() or job.done(), "the job stands at the lock")

    assert job.result()
    assert Game.objects.get().trust == trust
    assert TrustDecision.objects.get().decided_by == "command"


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("list", ("developing", False), ("listed", False)),
        ("delist", ("listed", False), ("delisted", False)),
        ("trust-clients", ("listed", False), ("listed", True)),
        ("distrust-clients", ("listed", True), ("listed", False)),
    ],
)
def test_the_command_decides_with_a_reason_and_no_second_time(
    verb: str, before: tuple[str, bool], after: tuple[str, bool], capsys: Any
) -> None:
    make_game(slug="tide", trust=before[0], has_trusted_clients=before[1])

    call_command("set_trust", verb, "tide", "--reason", "Played it", "--no-wait")
    with pytest.raises(CommandError, match="The game is so already"):
        call_command("set_trust", verb, "tide", "--reason", "Played it", "--no-wait")

    assert capsys.readouterr().out == "Done. The relay moves the boards.\n"
    assert Game.objects.values_list("trust", "has_trusted_clients").get() == after
    decision = TrustDecision.objects.values_list("trust", "has_trusted_clients", "decided_by", "reason").get()
    assert decision == (*after, "command", "Played it")


def test_the_command_waits_for_no_boards_where_a_draft_is_listed(capsys: Any) -> None:
    make_game(slug="tide", trust=Trust.DEVELOPING, is_published=False)

    call_command("set_trust", "list", "tide", "--reason", "Played it")

    assert capsys.readouterr().out == "Done, and the boards have followed.\n"
    assert (Game.objects.get().trust, TrustMove.objects.count()) == ("listed", 0)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("list", "nobody", "--reason", "Played it"), "No game has the slug 'nobody'."),
        (("praise", "tide", "--reason", "Played it"), "invalid choice: 'praise'"),
        (("list", "tide"), "required: --reason"),
        (("list", "tide", "--reason", " "), "--reason: Say why\\."),
    ],
)
def test_the_command_changes_nothing_by_a_wrong_name_or_without_a_reason(
    arguments: tuple[str, ...], error: str
) -> None:
    make_game(slug="tide", trust=Trust.DEVELOPING)

    with pytest.raises(CommandError, match=error):
        call_command("set_trust", *arguments)

    assert (Game.objects.get().trust, TrustDecision.objects.count(), TrustMove.objects.count()) == ("developing", 0, 0)


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("list_games", ("listed", False)),
        ("delist_games", ("delisted", False)),
        ("trust_clients", ("listed", True)),
        ("distrust_clients", ("listed", False)),
    ],
)
def test_operators_decide_on_several_games_at_once_in_the_admin(
    action: str, after: tuple[str, bool], admin_client: Client, admin_user: Account
) -> None:
    so_already = make_game(trust=after[0], has_trusted_clients=after[1])
    trust = "developing" if action == "list_games" else "listed"
    other = make_game(trust=trust, has_trusted_clients=action == "distrust_clients")

    page = decide(admin_client, action, so_already, other)

    assert "1 game decided; leaderboards follow." in page
    assert set(Game.objects.values_list("trust", "has_trusted_clients")) == {after}
    decision = TrustDecision.objects.values_list("game", "decided_by", "reason").get()
    assert decision == (other.id, f"account:{admin_user.pk}", "Played it")


def test_the_admin_decides_nothing_without_a_reason(admin_client: Client) -> None:
    game = make_game(trust="listed")

    page = decide(admin_client, "delist_games", game, reason=" ")

    assert "Reason, beside the action: Say why. Nothing was changed." in page
    assert (Game.objects.get().trust, TrustDecision.objects.count()) == ("listed", 0)


@pytest.mark.parametrize(
    ("is_staff", "rights", "status"), [(False, [], 302), (True, [], 403), (True, ["view_game"], 200)]
)
def test_the_admins_actions_are_for_operators(is_staff: bool, rights: list[str], status: int, client: Client) -> None:
    game, account = make_game(), make_account(is_staff=is_staff)
    account.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.post("/admin/games/game/", {"action": "delist_games", "_selected_action": [str(game.id)]})

    assert response.status_code == status
    assert (Game.objects.get().trust, TrustDecision.objects.count()) == ("listed", 0)


def decide(client: Client, action: str, *games: Game, reason: str = "Played it") -> str:
    """Take an action of the admin on games; return the page that follows."""
    form = {"action": action, "reason": reason, "_selected_action": [str(game.id) for game in games]}
    response = client.post("/admin/games/game/", form, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def panel(owner: Account, game: Game) -> str:
    browser = Client()
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser.get(f"/portal/games/{game.slug}/").content.decode()


def test_the_portal_says_what_a_game_in_development_lacks(owner: Account, game: Game, settings: Any) -> None:
    AchievementCompletion.objects.update(player_count=2)
    Studio.objects.update(created_at=MOMENT - timedelta(days=400))

    by_rule = panel(owner, game)
    settings.LISTING_BY_RULE = False
    by_people = panel(owner, game)

    done, missing = '<span class="visually-hidden">: done', '<span class="visually-hidden">: missing'
    assert (by_rule.count(done), by_rule.count(missing)) == (3, 1)
    assert f"3 players have earned the same achievement{missing}" in by_rule
    assert "The people who run this site list games." in by_people
    assert missing not in by_people


def test_the_portal_says_why_a_game_was_delisted_and_nothing_of_a_listed_one(owner: Account, game: Game) -> None:
    call_command("set_trust", "list", game.slug, "--reason", "Played it", "--no-wait")
    listed = panel(owner, game)
    call_command("set_trust", "delist", game.slug, "--reason", "Points for nothing", "--no-wait")
    delisted = panel(owner, game)

    assert "in development" not in listed
    assert "An operator delisted this game." not in listed
    assert "An operator delisted this game." in delisted
    assert "<bdi>Points for nothing</bdi>" in delisted
