"""Publishing drafts over HTTP, now or at a time to come, and archiving."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from rest_framework.request import Request

from apps.core.api.auth.callers import require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import IF_MATCH, if_match
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.inputs import read
from apps.core.api.wire.responses import json_response
from apps.core.errors import Flaw, InvalidError
from apps.core.parsing.sentences import echoed
from apps.games import actions
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.games.achievement_keys import fold_key
from apps.games.actions.drafts import WrongStateError
from apps.games.actions.publishing import NothingToPublishError
from apps.games.bodies import managed_achievement_body, publication_body
from apps.games.definitions.budget import BudgetExceededError, ChangedMeanwhileError
from apps.games.definitions.pending import IS_PENDING, pending_achievements, pending_tag
from apps.games.models import Achievement, Game, ScheduledPublication
from apps.games.queries import managed_achievements
from apps.games.serializers import ManagedAchievementPageSerializer
from apps.games.serializers.drafts import (
    ManagedAchievementSerializer,
    PublicationPageSerializer,
    PublishChangesSerializer,
    PublishedChangesSerializer,
    PublishSerializer,
)
from apps.games.views.achievements import achievement_response, open_achievement
from apps.games.views.games import MAKERS


class PublishAchievementView(ApiView):
    """POST /api/v1/manage/games/{game_id}/achievements/{achievement}/publish."""

    access = {"POST": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Publish an achievement",
        request=PublishSerializer,
        responses={200: ManagedAchievementSerializer},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, BudgetExceededError, NothingToPublishError, ChangedMeanwhileError),
        description="Players see its draft, and live keys may unlock it, from now on; or from `publish_at` on, with "
        "what the draft is then. Brings an archived one back. At once and without changes, it changes nothing.",
    )
    def post(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found, caller = open_achievement(request, game_id, achievement), require_caller(request)
        publish_at = read(PublishSerializer, request.data).get("publish_at")
        if publish_at is None:
            actions.publish_achievement(achievement=found, by=caller.id, expected=if_match(request))
        else:
            actions.schedule_publication(
                game=found.game, achievement=found, publish_at=publish_at, by=caller.id, expected=if_match(request)
            )
        return achievement_response(found)


class ArchiveAchievementView(ApiView):
    """POST /api/v1/manage/games/{game_id}/achievements/{achievement}/archive."""

    access = {"POST": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Archive an achievement",
        responses={200: ManagedAchievementSerializer},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, ChangedMeanwhileError),
        description="At once: it can no longer be earned; players who earned it keep it. Its points return to the "
        "budget, its draft stays, a publication to come is cancelled.",
    )
    def post(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = open_achievement(request, game_id, achievement)
        actions.archive_achievement(achievement=found, by=require_caller(request).id, expected=if_match(request))
        return achievement_response(found)


class DraftView(ApiView):
    """DELETE /api/v1/manage/games/{game_id}/achievements/{achievement}/draft."""

    access = {"DELETE": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Discard a draft",
        responses={200: ManagedAchievementSerializer},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, BudgetExceededError, WrongStateError, ChangedMeanwhileError),
        description="Back to what is live; a publication to come is cancelled. Without changes it changes nothing.",
    )
    def delete(self, request: Request, game_id: UUID, achievement: UUID | str) -> HttpResponse:
        found = open_achievement(request, game_id, achievement)
        actions.discard_draft(achievement=found, by=require_caller(request).id, expected=if_match(request))
        return achievement_response(found)


class ChangesView(ApiView):
    """GET /api/v1/manage/games/{game_id}/changes."""

    access = {"GET": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "List changes to publish",
        responses={200: ManagedAchievementPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="All that publishing would change: new achievements, whose `live` is null, and published ones with "
        "their `changes`. The ETag is that of all of them, whatever the page.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        rows = managed_achievements(game).filter(IS_PENDING)
        page = page_of(
            request, rows, order=("position", "id"), rows_body=lambda found: list(map(managed_achievement_body, found))
        )
        response = json_response(page)
        response.headers["ETag"] = pending_tag(pending_achievements(game))
        return response


class PublishChangesView(ApiView):
    """POST /api/v1/manage/games/{game_id}/changes/publish."""

    access = {"POST": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Publish changes",
        request=PublishChangesSerializer,
        responses={200: PublishedChangesSerializer},
        parameters=[IF_MATCH],
        errors=(RoleTooLowError, BudgetExceededError, NothingToPublishError, ChangedMeanwhileError),
        description="All of the game's changes or those named, or nothing of them where one is refused. At a "
        "`publish_at` to come it is all that there is to publish then.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        given = read(PublishChangesSerializer, request.data)
        publish_at, names = given.get("publish_at"), given.get("achievements")
        if publish_at is None:
            ids = None if names is None else _named(game, names)
            rows = actions.publish_changes(game=game, achievement_ids=ids, by=caller.id, expected=if_match(request))
            return json_response({"published": [row.key for row in rows], "publication": None})
        if names is not None:
            raise InvalidError(
                gettext("Leave this out: at a time to come, all changes are published."), pointer="/achievements"
            )
        made = actions.schedule_publication(game=game, publish_at=publish_at, by=caller.id, expected=if_match(request))
        return json_response({"published": [], "publication": publication_body(made)})


class PublicationsView(ApiView):
    """GET /api/v1/manage/games/{game_id}/publications."""

    access = {"GET": MAKERS}
    stale_ok = False
    tags = ("Management",)
    rate = "write"

    @operation(
        "List publications to come",
        responses={200: PublicationPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="In the order of their times, with those that were refused when their time came and not published "
        "since. `refusal` says why.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        rows = ScheduledPublication.objects.filter(game=open_managed_game(require_caller(request), game_id))
        page = page_of(
            request, rows, order=("publish_at", "id"), rows_body=lambda found: list(map(publication_body, found))
        )
        return json_response(page)


class PublicationView(ApiView):
    """DELETE /api/v1/manage/games/{game_id}/publications/{publication_id}."""

    access = {"DELETE": MAKERS}
    tags = ("Management",)
    rate = "write"

    @operation(
        "Cancel a publication",
        responses={204: None},
        errors=(RoleTooLowError,),
        description="One to come is not done; a refused one is no longer listed. The drafts stay.",
    )
    def delete(self, request: Request, game_id: UUID, publication_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.EDIT)
        actions.cancel_publication(game=game, publication_id=publication_id, by=caller.id)
        return HttpResponse(status=204)


def _named(game: Game, names: Sequence[str]) -> list[UUID]:
    """Return the ids of achievements by their ids or keys. Raises: InvalidError."""
    rows = Achievement.objects.filter(game=game).values_list("id", "key")
    known = {fold_key(key): pk for pk, key in rows} | {str(pk): pk for pk, _ in rows}
    flaws = [
        Flaw(f"/achievements/{index}", "unknown", gettext("The game has no {key}.").format(key=echoed(name)))
        for index, name in enumerate(names)
        if fold_key(name) not in known
    ]
    if flaws:
        raise InvalidError.of(*flaws)
    return [known[fold_key(name)] for name in names]
