"""Who may do what in a studio."""

from typing import Any

import pytest

from apps.core.api.auth.callers import Caller
from apps.core.errors import NotFoundError
from apps.games.access import (
    Ability,
    RoleTooLowError,
    may,
    open_game,
    open_managed_game,
    open_studio,
)
from apps.games.models import Game, Membership, Role
from apps.players.models import Account
from tests.factories import make_account, make_game, make_studio

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "abilities"),
    [
        ("owner", {"view", "edit", "manage_keys", "manage_webhooks"}),
        ("admin", {"view", "edit", "manage_keys", "manage_webhooks"}),
        ("editor", {"view", "edit"}),
        ("viewer", {"view"}),
        ("stranger", set()),
    ],
)
def test_each_role_has_its_abilities(role: str, abilities: set[str]) -> None:
    assert {ability.value for ability in Ability if may(role, ability)} == abilities


def test_a_member_gets_the_game_with_their_own_role(django_assert_num_queries: Any) -> None:
    owner, viewer = make_account(), make_account()
    studio = make_studio(owner=owner)
    Membership.objects.create(studio=studio, account=viewer, role="viewer")
    game = make_game(studio=studio, slug="tide")

    with django_assert_num_queries(2):
        seen = [open_game(account_id=account.id, slug="tide") for account in (owner, viewer)]

    assert [(item.game, item.role) for item in seen] == [(game, "owner"), (game, "viewer")]
    assert [item.may_edit for item in seen] == [True, False]
    assert [item.may_manage_keys for item in seen] == [True, False]


def test_a_member_whose_role_is_too_low_learns_so() -> None:
    viewer = make_account()
    studio = make_studio()
    Membership.objects.create(studio=studio, account=viewer, role="viewer")
    make_game(studio=studio, slug="tide")

    with pytest.raises(RoleTooLowError):
        open_game(account_id=viewer.id, slug="tide", ability=Ability.EDIT)
    with pytest.raises(RoleTooLowError):
        open_studio(account_id=viewer.id, studio_id=studio.id, ability=Ability.EDIT)


@pytest.mark.parametrize("ability", list(Ability))
def test_a_stranger_learns_nothing(ability: Ability) -> None:
    stranger = make_account()
    make_studio(owner=stranger)
    game = make_game(studio=make_studio(owner=make_account()), slug="tide")

    for slug in ("tide", "nowhere"):
        with pytest.raises(NotFoundError):
            open_game(account_id=stranger.id, slug=slug, ability=ability)
    with pytest.raises(NotFoundError):
        open_studio(account_id=stranger.id, studio_id=game.studio_id, ability=ability)


def test_a_managed_game_opens_to_its_key_and_to_its_members_by_role(game: Game) -> None:
    viewer, stranger = make_account(), make_account()
    Membership.objects.create(studio=game.studio, account=viewer, role=Role.VIEWER)

    def session(account: Account) -> Caller:
        return Caller(kind="session", id="account", account_id=account.id)

    assert open_managed_game(Caller(kind="key", id="key", game_id=game.id), game.id, Ability.EDIT) == game
    assert open_managed_game(session(viewer), game.id) == game
    with pytest.raises(RoleTooLowError):
        open_managed_game(session(viewer), game.id, Ability.EDIT)
    for caller in (Caller(kind="key", id="key", game_id=make_game().id), session(stranger)):
        with pytest.raises(NotFoundError):
            open_managed_game(caller, game.id)
