"""Offline journals over HTTP."""

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import Access, device_of, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.parsers import StrictJSONParser
from apps.core.api.wire.responses import json_response
from apps.players.actions.devices import DeviceNotFoundError
from apps.players.visibility import game_of, own_player_id
from apps.unlocks.bodies import journal_body
from apps.unlocks.journals.actions import JournalEditedError, Sender, head_of, take_journal
from apps.unlocks.journals.parsing import read_entries
from apps.unlocks.parsing import BatchTooLargeError
from apps.unlocks.serializers import JournalAnswerSerializer, JournalHeadSerializer, JournalSerializer


class JournalView(ApiView):
    """GET, POST /api/v1/achievements/journal."""

    access = {"GET": Access(device=True), "POST": Access(device=True)}
    parser_classes = (StrictJSONParser,)
    stale_ok = False
    tags = ("Unlocks",)
    rate = "write"

    @operation(
        "Get my journal's head",
        responses={200: JournalHeadSerializer},
        description="Where the journal of the token's device goes on: for one that lost its own, or damaged it.",
    )
    def get(self, request: Request) -> HttpResponse:
        return json_response(head_of(device_of(require_caller(request)))._asdict())

    @operation(
        "Hand over my journal",
        request=JournalSerializer,
        responses={200: JournalAnswerSerializer},
        errors=(DeviceNotFoundError, JournalEditedError, BatchTooLargeError),
        description="What the token's device earned without a network, each entry once: a list sent again gets the "
        "same answers, and changes nothing. An entry over 14 days old counts at its arrival, and is marked late. An "
        "entry that is malformed, or whose achievement is refused, answers for itself, and the chain goes on; one that "
        "doesn't follow the last, or has members that no device signs, is refused with all behind it; "
        "one that the device did not sign as it is, or whose "
        "place, hash or signature can't be read, refuses the whole list. What is hashed and signed of an "
        "entry are six lines, joined by line feeds: laurel-journal-1, the device's id, `sequence`, `previous_hash`, "
        "`achievement_id` and `earned_at` as they are sent.",
    )
    def post(self, request: Request) -> HttpResponse:
        caller = require_caller(request)
        sender = Sender(device_of(caller), own_player_id(caller), game_of(caller), caller.is_test)
        entries = read_entries(request.data)
        return json_response(journal_body(take_journal(sender=sender, entries=entries), len(entries)))
