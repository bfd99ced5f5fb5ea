"""What each role in a studio may do, checked in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop

from apps.core.api.auth.callers import Caller
from apps.core.database.composed import composed
from apps.core.errors import DomainError, NotFoundError
from apps.games.models import Achievement, AchievementSet, ApiKey, Game, Membership, Role, Studio


class Ability(StrEnum):
    """An action that a role may allow."""

    VIEW = "view"
    EDIT = "edit"
    MANAGE_KEYS = "manage_keys"
    MANAGE_WEBHOOKS = "manage_webhooks"


_EVERYTHING = frozenset(Ability)
_ABILITIES: Mapping[str, frozenset[Ability]] = {
    Role.OWNER: _EVERYTHING,
    Role.ADMIN: _EVERYTHING,
    Role.EDITOR: frozenset({Ability.VIEW, Ability.EDIT}),
    Role.VIEWER: frozenset({Ability.VIEW}),
}


class RoleTooLowError(DomainError):
    """Raised for members only: strangers get 404, so that they can't find out what exists."""

    code = "role_too_low"
    status = 403
    detail = gettext_noop("Your role in this studio does not let you do this. Ask an owner or admin of it.")


@dataclass(frozen=True, slots=True)
class GameAccess:
    """A game, and the caller's role in its studio."""

    game: Game
    role: str

    @property
    def may_edit(self) -> bool:
        return may(self.role, Ability.EDIT)

    @property
    def may_manage_keys(self) -> bool:
        return may(self.role, Ability.MANAGE_KEYS)

    @property
    def may_manage_webhooks(self) -> bool:
        return may(self.role, Ability.MANAGE_WEBHOOKS)


def may(role: str, ability: Ability) -> bool:
    return ability in _ABILITIES.get(role, frozenset())


def roles_with(ability: Ability) -> list[str]:
    return [role for role, abilities in _ABILITIES.items() if ability in abilities]


@composed
def _member_game(slug: str, account_id: UUID) -> QuerySet[Game]:
    mine = Game.objects.filter(slug=slug, studio__memberships__account_id=account_id)
    return mine.annotate(member_role=F("studio__memberships__role")).select_related("studio").order_by("id")[:1]


def open_game(*, account_id: UUID, slug: str, ability: Ability = Ability.VIEW) -> GameAccess:
    """Return the game with the account's role in its studio. One query.

    Raises: NotFoundError for a stranger as for a slug that no game has; RoleTooLowError for a member.
    """
    game: Any = _member_game.first(slug=slug, account_id=account_id)
    if game is None:
        raise NotFoundError
    if not may(game.member_role, ability):
        raise RoleTooLowError
    return GameAccess(game, game.member_role)


def open_managed_game(caller: Caller, game_id: UUID, ability: Ability = Ability.VIEW) -> Game:
    """Return a game that the caller may act on: a key's own game, a session's by its role. One query.

    A key's scopes are checked elsewhere. Raises: NotFoundError for strangers and unknown games; RoleTooLowError.
    """
    if caller.kind == "key":
        game = Game.objects.filter(pk=game_id).select_related("studio").first() if game_id == caller.game_id else None
        if game is None:
            raise NotFoundError
        return game
    if caller.account_id is None:
        raise NotFoundError
    mine = Game.objects.filter(pk=game_id, studio__memberships__account_id=caller.account_id)
    found = mine.annotate(member_role=F("studio__memberships__role")).select_related("studio").first()
    if found is None:
        raise NotFoundError
    if not may(found.member_role, ability):
        raise RoleTooLowError
    return found


def open_studio(*, account_id: UUID, studio_id: UUID, ability: Ability = Ability.VIEW) -> Studio:
    """Return a studio the account is a member of. Raises: NotFoundError, RoleTooLowError."""
    membership = Membership.objects.filter(account_id=account_id, studio_id=studio_id).select_related("studio").first()
    if membership is None:
        raise NotFoundError
    if not may(membership.role, ability):
        raise RoleTooLowError
    return membership.studio


@composed
def _achievement_of(achievement_id: UUID, game_id: UUID) -> QuerySet[Achievement]:
    return Achievement.objects.filter(pk=achievement_id, game_id=game_id)


def open_achievement(game: Game, achievement_id: UUID) -> Achievement:
    """Return an achievement of an opened game. Raises: NotFoundError for another game's too."""
    achievement = _achievement_of.first(achievement_id=achievement_id, game_id=game.id)
    if achievement is None:
        raise NotFoundError
    return achievement


@composed
def _set_of(set_id: UUID, game_id: UUID) -> QuerySet[AchievementSet]:
    return AchievementSet.objects.filter(pk=set_id, game_id=game_id)


def open_set(game: Game, set_id: UUID) -> AchievementSet:
    """Return a set of an opened game. Raises: NotFoundError for another game's too."""
    found = _set_of.first(set_id=set_id, game_id=game.id)
    if found is None:
        raise NotFoundError
    return found


def open_api_key(game: Game, key_id: UUID) -> ApiKey:
    """Return a key of an opened game. Raises: NotFoundError."""
    key = ApiKey.objects.filter(pk=key_id, game=game).first()
    if key is None:
        raise NotFoundError
    return key
