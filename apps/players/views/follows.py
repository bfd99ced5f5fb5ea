"""Whom a player follows, who follows them, and whom they have blocked."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.responses import json_response
from apps.players.actions import block_player, follow_player, unblock_player, unfollow_player
from apps.players.actions.follows import NotOneselfError
from apps.players.bodies import player_body
from apps.players.errors import PlayerNotFoundError
from apps.players.models import Block, Follow
from apps.players.queries import id_now, players_seen_by, visible_player
from apps.players.serializers import PlayerPageSerializer, PlayerSerializer
from apps.players.visibility import own_player

MINE = Access(token=True, session=True)
FOLLOWERS = Access(token=True, session=True, vouched=True)
LIST_ERRORS = (InvalidCursorError, PlayerNotFoundError)


class FollowingView(ApiView):
    access = {"GET": MINE}
    stale_ok = False
    tags = ("Friends",)

    @operation(
        "List whom I follow", responses={200: PlayerPageSerializer}, parameters=cursor_parameters, errors=LIST_ERRORS
    )
    def get(self, request: Request) -> HttpResponse:
        me = own_player(require_caller(request))
        rows = Follow.objects.filter(_is_seen(me.id, "followed_id"), follower=me)
        return _page(request, rows.annotate(other_id=F("followed_id")).select_related("followed"), "followed")


class FollowersView(ApiView):
    access = {"GET": MINE}
    stale_ok = False
    tags = ("Friends",)

    @operation(
        "List who follows me", responses={200: PlayerPageSerializer}, parameters=cursor_parameters, errors=LIST_ERRORS
    )
    def get(self, request: Request) -> HttpResponse:
        me = own_player(require_caller(request))
        rows = Follow.objects.filter(_is_seen(me.id, "follower_id"), followed=me)
        return _page(request, rows.annotate(other_id=F("follower_id")).select_related("follower"), "follower")


class FollowView(ApiView):
    # Who is followed gets a notice, and anyone may make any number of guests.
    access = {"PUT": FOLLOWERS, "DELETE": MINE}
    tags = ("Friends",)
    rate = "write"

    @operation(
        "Follow a player",
        responses={200: PlayerSerializer, 201: PlayerSerializer},
        errors=(NotOneselfError, PlayerNotFoundError),
    )
    def put(self, request: Request, player_id: UUID) -> HttpResponse:
        me = own_player(require_caller(request))
        other = visible_player(player_id, me.id)
        is_new = follow_player(follower_id=me.id, followed_id=other.id)
        return json_response(player_body(other), status=201 if is_new else 200)

    @operation("Unfollow a player", responses={204: None}, errors=(PlayerNotFoundError,))
    def delete(self, request: Request, player_id: UUID) -> HttpResponse:
        unfollow_player(follower_id=own_player(require_caller(request)).id, followed_id=id_now(player_id))
        return HttpResponse(status=204)


class BlocksView(ApiView):
    access = {"GET": MINE}
    stale_ok = False
    tags = ("Friends",)

    @operation(
        "List whom I have blocked",
        responses={200: PlayerPageSerializer},
        parameters=cursor_parameters,
        errors=LIST_ERRORS,
    )
    def get(self, request: Request) -> HttpResponse:
        me = own_player(require_caller(request))
        rows = Block.objects.filter(_is_seen(me.id, "blocked_id"), blocker=me)
        return _page(request, rows.annotate(other_id=F("blocked_id")).select_related("blocked"), "blocked")


class BlockView(ApiView):
    access = {"PUT": MINE, "DELETE": MINE}
    tags = ("Friends",)
    rate = "write"

    @operation(
        "Block a player",
        responses={204: None},
        errors=(NotOneselfError, PlayerNotFoundError),
        description="Neither follows the other any more, and the other finds nobody under your id.",
    )
    def put(self, request: Request, player_id: UUID) -> HttpResponse:
        # Also players who hide from the caller; so the response says nothing about them.
        block_player(blocker_id=own_player(require_caller(request)).id, blocked_id=id_now(player_id))
        return HttpResponse(status=204)

    @operation("Unblock a player", responses={204: None}, errors=(PlayerNotFoundError,))
    def delete(self, request: Request, player_id: UUID) -> HttpResponse:
        unblock_player(blocker_id=own_player(require_caller(request)).id, blocked_id=id_now(player_id))
        return HttpResponse(status=204)


def _is_seen(viewer_id: UUID, column: str) -> Exists:
    """Exclude players who have become private, or have blocked the viewer, since."""
    return Exists(players_seen_by(viewer_id).filter(pk=OuterRef(column)))


def _page(request: Request, rows: QuerySet[Any], member: str) -> HttpResponse:
    """Return a page of the players at the other end, by id, which is the order of the table's key."""
    page = page_of(
        request, rows, order=("other_id",), rows_body=lambda found: [player_body(getattr(row, member)) for row in found]
    )
    return json_response(page)
