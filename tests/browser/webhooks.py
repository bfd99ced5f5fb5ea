"""Endpoints with a log, to look at: one that is well, one that fails, one that was disabled."""

from datetime import timedelta
from uuid import UUID

from apps.core.clock import now
from apps.games.models import Game, Studio
from apps.webhooks import messages, payloads
from apps.webhooks.event_types import CHOICES, EventType
from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from apps.webhooks.signing import encrypted, new_secret
from tests.factories import make_game

URL = "https://hooks.night-harbour.example/laurel/in?channel=unlocks-of-all-our-games"
HEADERS = [["Content-Type", "application/json"], ["webhook-id", "msg_01"], ["webhook-signature", "v1," + "K5oZ" * 11]]


def show_webhooks(studio: Studio) -> Game:
    """Make a game with endpoints; nothing of it is due, so that nobody is called."""
    game = make_game(studio=studio, name="Salt and Lamps")
    well = _endpoint(game, description="Posts unlocks to our chat", event_types=list(CHOICES))
    for number, state in enumerate(("failed", "waiting", "delivered"), start=1):
        _delivery(well, state, statuses=[None, 500, 200][:number])
    _endpoint(game, failing_since=now() - timedelta(days=2), event_types=["game.completed"])
    disabled = {"state": "disabled", "disabled_reason": "failing", "disabled_at": now()}
    broken = _endpoint(
        game, **disabled, event_types=["achievement.unlocked"], previous_until=now() + timedelta(hours=2)
    )
    _delivery(broken, "failed", statuses=[404])
    return game


def webhook_pages(game: Game) -> tuple[str, ...]:
    """Return the address of every page about them."""
    pages = [f"/portal/games/{game.slug}/webhooks/"]
    for endpoint in WebhookEndpoint.objects.filter(game=game).order_by("id"):
        own = f"{pages[0]}{endpoint.id}/"
        deliveries = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("id")
        pages += [own, f"{own}edit/", f"{own}?state=waiting", *(f"{own}deliveries/{item.id}/" for item in deliveries)]
    return tuple(pages)


def _endpoint(game: Game, **fields: object) -> WebhookEndpoint:
    secrets = {"secret": encrypted(new_secret()), "previous_secret": encrypted(new_secret())}
    return WebhookEndpoint.objects.create(**{"game": game, "url": URL, **secrets, **fields})


def _delivery(endpoint: WebhookEndpoint, state: str, *, statuses: list[int | None]) -> UUID:
    data = {"player_id": endpoint.id, "achievement_key": "ACH_FIRST_LIGHT", "points": 10}
    message = payloads.message(EventType.UNLOCKED, endpoint.game_id, data)
    (delivery_id,) = messages.store([message], {endpoint.game_id: [endpoint.id]})
    is_waiting = state == "waiting"
    WebhookDelivery.objects.filter(pk=delivery_id).update(
        state=state,
        attempt_count=len(statuses),
        due_at=now() + timedelta(days=1) if is_waiting else None,
        finished_at=None if is_waiting else now(),
    )
    for status in statuses:
        WebhookAttempt.objects.create(
            delivery_id=delivery_id,
            endpoint=endpoint,
            at=now(),
            url=endpoint.url,
            status=status,
            error="" if status else "No response within 3 seconds.",
            duration_ms=3002 if status is None else 41,
            request_headers=HEADERS,
            answer_headers=[["Server", "nginx"], ["X-Trace", "f" * 200]] if status else [],
            answer_body={200: "ok", 500: "upstream connect error " * 20}.get(status or 0, ""),
        )
    return delivery_id
