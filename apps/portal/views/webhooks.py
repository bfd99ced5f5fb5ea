"""Pages of a game's webhooks: endpoints, their logs, and each attempt's response."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.background import dispatcher
from apps.core.http.methods import require_safe
from apps.core.http.pages import run_with_message
from apps.core.parsing.values import read_uuid
from apps.games.access import Ability, GameAccess, open_game
from apps.portal.forms.webhooks import WebhookForm
from apps.portal.queries.webhooks import (
    attempt_views,
    delivery_row,
    endpoint_row,
    endpoint_rows,
    indented,
    log_of,
)
from apps.portal.views.base import account_of, form_status, portal_page, sent
from apps.webhooks.actions import (
    IssuedSecret,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    resend,
    resend_failed,
    rotate_secret,
    send_test_event,
)
from apps.webhooks.models import DeliveryState, WebhookEndpoint
from apps.webhooks.queries import has_failed_deliveries, open_delivery, open_endpoint
from apps.webhooks.sending import WORK_QUEUE


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def webhook_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List endpoints; a new one's secret is shown only in the response to its form."""
    is_post = request.method == "POST"
    access = _open(request, slug, Ability.MANAGE_WEBHOOKS if is_post else Ability.VIEW)
    form = WebhookForm(*sent(request), has_modes=access.game.has_modes)
    issued = form.submit(lambda: _create(request, form, access)) if form.is_valid() else None
    context = {
        "access": access,
        "game": access.game,
        "issued": issued,
        "endpoints": endpoint_rows(access.game),
        "form": WebhookForm(has_modes=access.game.has_modes) if issued else form,
    }
    return render(request, "portal/webhook_list_page.html", context, status=201 if issued else form_status(form))


@require_safe
@portal_page
def webhook_detail(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    access = _open(request, slug)
    return _detail(request, access, open_endpoint(access.game, webhook_id))


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def webhook_edit(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    access = _open(request, slug, Ability.MANAGE_WEBHOOKS)
    endpoint = open_endpoint(access.game, webhook_id)
    form = WebhookForm(*sent(request), has_modes=access.game.has_modes, endpoint=endpoint)
    if form.is_valid() and _is_changed(form, endpoint):
        messages.success(request, gettext("Saved."))
        return redirect("portal:webhook-detail", slug, webhook_id)
    context = {"access": access, "game": access.game, "form": form, "webhook_id": webhook_id}
    return render(request, "portal/webhook_edit_page.html", context, status=form_status(form))


@require_POST
@portal_page
def webhook_rotate(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """Show the new secret in the response, as it is not stored for a next page."""
    access = _open(request, slug, Ability.MANAGE_WEBHOOKS)
    issued = rotate_secret(endpoint=open_endpoint(access.game, webhook_id))
    return _detail(request, access, issued.endpoint, issued=issued)


@require_POST
@portal_page
def webhook_enable(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    return _switch(request, slug, webhook_id, is_enabled=True, done=gettext("Enabled. New events will be sent."))


@require_POST
@portal_page
def webhook_disable(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    return _switch(request, slug, webhook_id, is_enabled=False, done=gettext("Disabled. No more events will be sent."))


@require_POST
@portal_page
def webhook_delete(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    endpoint = open_endpoint(_open(request, slug, Ability.MANAGE_WEBHOOKS).game, webhook_id)
    run_with_message(
        request, lambda: delete_endpoint(endpoint=endpoint), done=gettext("Deleted. No more events will be sent.")
    )
    return redirect("portal:webhook-list", slug)


@require_POST
@portal_page
def webhook_test(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    endpoint = open_endpoint(_open(request, slug, Ability.EDIT).game, webhook_id)
    delivery_id = run_with_message(
        request, lambda: send_test_event(endpoint=endpoint), done=gettext("Sending the test event.")
    )
    if delivery_id is None:
        return redirect("portal:webhook-detail", slug, webhook_id)
    dispatcher.dispatch(WORK_QUEUE)
    return redirect("portal:webhook-delivery", slug, webhook_id, delivery_id)


@require_safe
@portal_page
def webhook_delivery(request: HttpRequest, slug: str, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    access = _open(request, slug)
    endpoint = open_endpoint(access.game, webhook_id)
    delivery = open_delivery(endpoint, delivery_id)
    context = {
        "access": access,
        "game": access.game,
        "endpoint": endpoint,
        "delivery": delivery_row(delivery),
        "payload": indented(delivery.message.payload),
        "attempts": attempt_views(delivery),
    }
    return render(request, "portal/webhook_delivery_page.html", context)


@require_POST
@portal_page
def webhook_resend(request: HttpRequest, slug: str, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    endpoint = open_endpoint(_open(request, slug, Ability.EDIT).game, webhook_id)
    delivery = open_delivery(endpoint, delivery_id)
    if run_with_message(request, lambda: resend(delivery=delivery), done=gettext("Resending it under the same id.")):
        dispatcher.dispatch(WORK_QUEUE)
    return redirect("portal:webhook-delivery", slug, webhook_id, delivery_id)


@require_POST
@portal_page
def webhook_resend_failed(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    endpoint = open_endpoint(_open(request, slug, Ability.EDIT).game, webhook_id)
    if run_with_message(
        request, lambda: resend_failed(endpoint=endpoint), done=gettext("Resending failed deliveries.")
    ):
        dispatcher.dispatch(WORK_QUEUE)
    return redirect("portal:webhook-detail", slug, webhook_id)


def _open(request: HttpRequest, slug: str, ability: Ability = Ability.VIEW) -> GameAccess:
    return open_game(account_id=account_of(request).id, slug=slug, ability=ability)


def _create(request: HttpRequest, form: WebhookForm, access: GameAccess) -> IssuedSecret:
    return create_endpoint(game=access.game, created_by=account_of(request), **form.cleaned_data)


def _is_changed(form: WebhookForm, endpoint: WebhookEndpoint) -> bool:
    return form.submit(lambda: change_endpoint(endpoint=endpoint, **form.cleaned_data)) is not None


def _switch(request: HttpRequest, slug: str, webhook_id: UUID, *, is_enabled: bool, done: str) -> HttpResponse:
    endpoint = open_endpoint(_open(request, slug, Ability.MANAGE_WEBHOOKS).game, webhook_id)
    run_with_message(request, lambda: change_endpoint(endpoint=endpoint, is_enabled=is_enabled), done=done)
    return redirect("portal:webhook-detail", slug, webhook_id)


def _detail(
    request: HttpRequest, access: GameAccess, endpoint: WebhookEndpoint, *, issued: IssuedSecret | None = None
) -> HttpResponse:
    state = request.GET.get("state", "")
    context = {
        "access": access,
        "game": access.game,
        "endpoint": endpoint_row(endpoint),
        "has_failed": has_failed_deliveries(endpoint),
        "log": log_of(endpoint, state=state, before=_before(request)),
        "state": state,
        "states": DeliveryState.choices,
        "issued": issued,
    }
    return render(request, "portal/webhook_page.html", context)


def _before(request: HttpRequest) -> UUID | None:
    return read_uuid(request.GET.get("before"))
