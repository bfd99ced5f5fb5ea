"""A game's webhook endpoints over HTTP, for people who log in: a leaked key must not send players' data away."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.api.auth.callers import PEOPLE, require_caller
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.cursors import InvalidCursorError, cursor_parameters, page_of
from apps.core.api.wire.filters import filtered
from apps.core.api.wire.inputs import read
from apps.core.api.wire.query_parameters import query
from apps.core.api.wire.responses import SecretResponse, json_response
from apps.core.background import dispatcher
from apps.games.access import Ability, RoleTooLowError, open_managed_game
from apps.players.models import Account
from apps.webhooks.actions import (
    RESENT_AT_ONCE,
    IssuedSecret,
    TooManyWebhooksError,
    WebhookDisabledError,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    resend,
    resend_failed,
    rotate_secret,
    send_test_event,
)
from apps.webhooks.bodies import delivery_body, delivery_detail_body, webhook_body
from apps.webhooks.event_types import NAMES
from apps.webhooks.filters import DeliveryFilters
from apps.webhooks.models import DeliveryState, EndpointState, WebhookEndpoint
from apps.webhooks.queries import attempts_of, deliveries_of, endpoints_of, latest_results, open_delivery, open_endpoint
from apps.webhooks.sending import WORK_QUEUE
from apps.webhooks.serializers import (
    IssuedWebhookSerializer,
    NewWebhookSerializer,
    ResentWebhookSerializer,
    WebhookChangesSerializer,
    WebhookDeliveryDetailSerializer,
    WebhookDeliveryPageSerializer,
    WebhookDeliverySerializer,
    WebhookPageSerializer,
    WebhookSerializer,
)
from apps.webhooks.url_policy import WebhookUrlRefusedError


class WebhooksView(ApiView):
    """GET, POST /api/v1/manage/games/{game_id}/webhooks."""

    access = {"GET": PEOPLE, "POST": PEOPLE}
    stale_ok = False
    tags = ("Webhooks",)
    rate = "write"

    @operation(
        "List webhooks",
        responses={200: WebhookPageSerializer},
        parameters=cursor_parameters,
        errors=(InvalidCursorError, RoleTooLowError),
        description="Newest first, each with its latest result. Secrets are not shown.",
    )
    def get(self, request: Request, game_id: UUID) -> HttpResponse:
        game = open_managed_game(require_caller(request), game_id)
        return json_response(page_of(request, endpoints_of(game), order=("-id",), rows_body=_bodies))

    @operation(
        "Create a webhook",
        request=NewWebhookSerializer,
        responses={201: IssuedWebhookSerializer},
        errors=(RoleTooLowError, TooManyWebhooksError, WebhookUrlRefusedError),
        description="The response contains the secret, which is not shown again. Requests are signed as in Standard "
        "Webhooks; /docs/webhooks/ says how to receive them. Owners and admins of the studio manage webhooks.",
    )
    def post(self, request: Request, game_id: UUID) -> HttpResponse:
        caller = require_caller(request)
        game = open_managed_game(caller, game_id, Ability.MANAGE_WEBHOOKS)
        members = read(NewWebhookSerializer, request.data)
        return _secret_response(
            create_endpoint(game=game, created_by=Account(pk=caller.account_id), **members), status=201
        )


class WebhookView(ApiView):
    """GET, PATCH, DELETE /api/v1/manage/games/{game_id}/webhooks/{webhook_id}."""

    access = {"GET": PEOPLE, "PATCH": PEOPLE, "DELETE": PEOPLE}
    stale_ok = False
    tags = ("Webhooks",)
    rate = "write"

    @operation("Get a webhook", responses={200: WebhookSerializer}, errors=(RoleTooLowError,))
    def get(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        return json_response(_body(_open(request, game_id, webhook_id)))

    @operation(
        "Change a webhook",
        request=WebhookChangesSerializer,
        responses={200: WebhookSerializer},
        errors=(RoleTooLowError, WebhookUrlRefusedError),
        description="Disabling gives up what waits. Enabling, or another URL, begins with a clean slate.",
    )
    def patch(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        endpoint = _open(request, game_id, webhook_id, Ability.MANAGE_WEBHOOKS)
        changes = read(WebhookChangesSerializer, request.data)
        state = changes.pop("state", None)
        is_enabled = None if state is None else state == EndpointState.ENABLED
        return json_response(_body(change_endpoint(endpoint=endpoint, is_enabled=is_enabled, **changes)))

    @operation(
        "Delete a webhook",
        responses={204: None},
        errors=(RoleTooLowError,),
        description="With its log. Nothing more is sent.",
    )
    def delete(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        delete_endpoint(endpoint=_open(request, game_id, webhook_id, Ability.MANAGE_WEBHOOKS))
        return HttpResponse(status=204)


class WebhookSecretView(ApiView):
    """POST /api/v1/manage/games/{game_id}/webhooks/{webhook_id}/rotate-secret."""

    access = {"POST": PEOPLE}
    tags = ("Webhooks",)
    rate = "write"

    @operation(
        "Rotate the secret of a webhook",
        responses={200: IssuedWebhookSerializer},
        errors=(RoleTooLowError,),
        description="The response contains the new secret, which is not shown again. For 24 hours requests carry a "
        "signature of the old one too, so that receivers can change over.",
    )
    def post(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        endpoint = _open(request, game_id, webhook_id, Ability.MANAGE_WEBHOOKS)
        return _secret_response(rotate_secret(endpoint=endpoint))


class WebhookTestView(ApiView):
    """POST /api/v1/manage/games/{game_id}/webhooks/{webhook_id}/test."""

    access = {"POST": PEOPLE}
    tags = ("Webhooks",)
    rate = "write"

    @operation(
        "Send a test event",
        responses={202: WebhookDeliverySerializer},
        errors=(RoleTooLowError, WebhookDisabledError),
        description="Sends `webhook.test` to this endpoint, whatever it has chosen. The delivery says how it went.",
    )
    def post(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        endpoint = _open(request, game_id, webhook_id, Ability.EDIT)
        delivery_id = send_test_event(endpoint=endpoint)
        dispatcher.dispatch(WORK_QUEUE)
        return json_response(delivery_body(open_delivery(endpoint, delivery_id)), status=202)


class WebhookResendFailedView(ApiView):
    """POST /api/v1/manage/games/{game_id}/webhooks/{webhook_id}/resend-failed."""

    access = {"POST": PEOPLE}
    tags = ("Webhooks",)
    rate = "write"

    @operation(
        "Resend failed deliveries",
        responses={202: ResentWebhookSerializer},
        errors=(RoleTooLowError, WebhookDisabledError),
        description="Resends everything that failed in the last 30 days, for when a receiver works again. The oldest "
        f"{RESENT_AT_ONCE:,} at a time; repeat until the count is 0.",
    )
    def post(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        count = resend_failed(endpoint=_open(request, game_id, webhook_id, Ability.EDIT))
        dispatcher.dispatch(WORK_QUEUE)
        return json_response({"resent_count": count}, status=202)


class WebhookDeliveriesView(ApiView):
    """GET /api/v1/manage/games/{game_id}/webhooks/{webhook_id}/deliveries."""

    access = {"GET": PEOPLE}
    stale_ok = False
    tags = ("Webhooks",)

    @operation(
        "List deliveries of a webhook",
        responses={200: WebhookDeliveryPageSerializer},
        parameters=[
            query("state", str, "Only deliveries with this state.", enum=DeliveryState.values),
            query("type", str, "Only deliveries of this event type.", enum=NAMES),
            *cursor_parameters,
        ],
        errors=(InvalidCursorError, RoleTooLowError),
        description="Newest first, of the last 30 days.",
    )
    def get(self, request: Request, game_id: UUID, webhook_id: UUID) -> HttpResponse:
        endpoint = _open(request, game_id, webhook_id)
        rows = filtered(DeliveryFilters, request, deliveries_of(endpoint))
        page = page_of(request, rows, order=("-id",), rows_body=lambda found: list(map(delivery_body, found)))
        return json_response(page)


class WebhookDeliveryView(ApiView):
    """GET /api/v1/manage/games/{game_id}/webhooks/{webhook_id}/deliveries/{delivery_id}."""

    access = {"GET": PEOPLE}
    stale_ok = False
    tags = ("Webhooks",)

    @operation(
        "Get a delivery",
        responses={200: WebhookDeliveryDetailSerializer},
        errors=(RoleTooLowError,),
        description="With the request and the response of each attempt.",
    )
    def get(self, request: Request, game_id: UUID, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
        delivery = open_delivery(_open(request, game_id, webhook_id), delivery_id)
        return json_response(delivery_detail_body(delivery, attempts_of(delivery)))


class WebhookResendView(ApiView):
    """POST /api/v1/manage/games/{game_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/resend."""

    access = {"POST": PEOPLE}
    tags = ("Webhooks",)
    rate = "write"

    @operation(
        "Resend a delivery",
        responses={202: WebhookDeliverySerializer},
        errors=(RoleTooLowError, WebhookDisabledError),
        description="Now, under the same webhook-id, and with the whole schedule of retries.",
    )
    def post(self, request: Request, game_id: UUID, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
        delivery = open_delivery(_open(request, game_id, webhook_id, Ability.EDIT), delivery_id)
        resend(delivery=delivery)
        dispatcher.dispatch(WORK_QUEUE)
        return json_response(delivery_body(open_delivery(delivery.endpoint, delivery_id)), status=202)


def _open(request: Request, game_id: UUID, webhook_id: UUID, ability: Ability = Ability.VIEW) -> WebhookEndpoint:
    return open_endpoint(open_managed_game(require_caller(request), game_id, ability), webhook_id)


def _body(endpoint: WebhookEndpoint) -> dict[str, object]:
    (body,) = _bodies([endpoint])
    return body


def _bodies(endpoints: list[WebhookEndpoint]) -> list[dict[str, object]]:
    latest = latest_results(endpoints)
    return [webhook_body(endpoint, latest.get(endpoint.id)) for endpoint in endpoints]


def _secret_response(issued: IssuedSecret, *, status: int = 200) -> HttpResponse:
    return SecretResponse(_body(issued.endpoint) | {"secret": issued.secret}, status=status)
