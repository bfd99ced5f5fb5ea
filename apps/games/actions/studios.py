"""Writes of studios."""

from django.db import transaction
from django.utils.translation import gettext

from apps.core.errors import InvalidError
from apps.core.parsing.names import normal, problem_with_name
from apps.games.actions.games import create_game
from apps.games.definitions.definition import GameDefinition
from apps.games.definitions.slugs import free_slug
from apps.games.models import Game, Membership, Role, Studio
from apps.players.models import Account

NAME_LENGTH_MAX = 80


@transaction.atomic
def create_studio(*, name: str, owner: Account) -> Studio:
    """Create a studio and its first member, the owner. Raises: InvalidError."""
    name = normal(name)
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise InvalidError(
            gettext("Give the studio a name of at most {maximum} characters.").format(maximum=NAME_LENGTH_MAX),
            pointer="/studio_name",
        )
    if problem := problem_with_name(name):
        raise InvalidError(problem, pointer="/studio_name")
    studio = Studio.objects.create(name=name, slug=free_slug(Studio, name, fallback="studio"))
    Membership.objects.create(studio=studio, account=owner, role=Role.OWNER)
    return studio


@transaction.atomic
def create_studio_with_game(*, studio_name: str, owner: Account, definition: GameDefinition, cover: str = "") -> Game:
    """Create a studio and its first game, both or neither. Raises: InvalidError, SlugTakenError."""
    studio = create_studio(name=studio_name, owner=owner)
    return create_game(studio=studio, definition=definition, cover=cover)
