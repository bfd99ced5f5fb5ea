"""Who gets which page of the portal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.clock import now
from apps.core.ids import NIL
from apps.games.actions import amend_achievement, schedule_publication
from apps.games.models import Achievement, ApiKey, Game, HistoryEntry, ScheduledPublication
from apps.notifications.models import Announcement
from apps.webhooks import messages, payloads
from apps.webhooks.event_types import EventType
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.factories import make_achievement, make_game, make_key, make_set

pytestmark = pytest.mark.django_db

PAGES = [
    "game-detail",
    "game-edit",
    "achievement-create",
    "achievement-edit",
    "achievement-history",
    "changes",
    "changes-history",
    "set-create",
    "set-edit",
    "key-list",
    "webhook-list",
    "webhook-detail",
    "webhook-edit",
    "webhook-delivery",
    "announcement-list",
    "live",
    "live-rows",
    "import",
]
BUTTONS = [
    "game-publish",
    "game-unpublish",
    "achievement-publish",
    "achievement-schedule",
    "achievement-archive",
    "achievement-discard",
    "version-restore",
    "changes-schedule",
    "publication-cancel",
    "achievement-delete",
    "achievement-move",
    "set-delete",
    "set-move",
    "key-revoke",
    "webhook-rotate",
    "webhook-enable",
    "webhook-disable",
    "webhook-delete",
    "webhook-test",
    "webhook-resend",
    "webhook-resend-failed",
    "announcement-withdraw",
    "import-apply",
]
FORMS = [
    *("game-edit", "achievement-create", "achievement-edit", "key-list", "announcement-list", "webhook-list"),
    *("webhook-edit", "import", "set-create", "set-edit", "changes"),
]
VIEWED = {"game-detail", "key-list", "announcement-list", "webhook-list", "webhook-detail", "webhook-delivery"} | {
    *("live", "live-rows", "achievement-history", "changes", "changes-history")
}
MANAGED = {"key-revoke", "key-list", "webhook-list", "webhook-edit", "webhook-rotate", "webhook-enable"} | {
    "webhook-disable",
    "webhook-delete",
}
WEBHOOK_ROWS = [name for name in (*FORMS, *BUTTONS) if name.startswith("webhook-") and name != "webhook-list"]


@pytest.fixture
def address(tide: Game) -> Callable[..., str]:
    achievement = make_achievement(tide, state="draft")
    amend_achievement(achievement=achievement, changes={"name": "Drafted"})
    entry = HistoryEntry.objects.order_by("id")[0]
    publication = schedule_publication(game=tide, achievement=achievement, publish_at=now() + timedelta(days=1))
    make_key(tide)
    bonus = make_set(tide, "bonus")
    endpoint, delivery_id = make_webhook(tide)
    Announcement.objects.create(game=tide, title="News", text="News", created_by=f"account:{NIL}", audience_count=0)

    own = {
        "achievement": [achievement.id],
        "set": [bonus.id],
        "version-restore": [achievement.id, entry.id],
        "publication-cancel": [publication.id],
        "key-revoke": [ApiKey.objects.get(game=tide).id],
        "webhook": [endpoint.id],
        "webhook-delivery": [endpoint.id, delivery_id],
        "webhook-resend": [endpoint.id, delivery_id],
        "announcement-withdraw": [Announcement.objects.get(game=tide).id],
    }

    def of(name: str, *, slug: str = "tide", row_id: UUID | None = None) -> str:
        kind = "" if name.endswith(("-create", "-list")) else name.partition("-")[0]
        rows = own.get(name) or own.get(kind) or []
        return reverse(f"portal:{name}", args=[slug, *rows[:-1], *([row_id or rows[-1]] if rows else [])])

    return of


def make_webhook(game: Game) -> tuple[WebhookEndpoint, UUID]:
    """Return an endpoint of the game, and a delivery to it."""
    endpoint = WebhookEndpoint.objects.create(
        game=game, url="https://8.8.8.8/", event_types=["game.completed"], secret="sealed"
    )
    message = payloads.message(EventType.TEST, game.id, {})
    (delivery_id,) = messages.store([message], {game.id: [endpoint.id]})
    return endpoint, delivery_id


def state_of(game: Game) -> list[Any]:
    """Return all there is of a game, to show that nothing changed."""
    tables: tuple[Any, ...] = (
        Game.objects.filter(pk=game.pk),
        *(table.objects.filter(game=game) for table in (Achievement, ApiKey, Announcement, WebhookEndpoint)),
        *(table.objects.filter(game=game) for table in (HistoryEntry, ScheduledPublication)),
        WebhookDelivery.objects.filter(endpoint__game=game),
    )
    return [list(rows.order_by("pk").values()) for rows in tables]


@pytest.mark.parametrize("name", PAGES)
def test_members_see_every_page_and_no_cache_keeps_it(browser: Client, address: Callable[..., str], name: str) -> None:
    response = browser.get(address(name))

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", PAGES)
def test_whoever_is_not_logged_in_is_led_to_the_log_in(address: Callable[..., str], name: str) -> None:
    response = Client().get(address(name))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/portal/games/tide/")


@pytest.mark.parametrize("name", PAGES)
def test_strangers_find_no_page(stranger: Client, address: Callable[..., str], name: str) -> None:
    there, nowhere = stranger.get(address(name)), stranger.get(address(name, slug="nowhere"))

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert b"Tide" not in there.content


@pytest.mark.parametrize("name", [*FORMS, *BUTTONS])
def test_strangers_change_nothing(stranger: Client, tide: Game, address: Callable[..., str], name: str) -> None:
    before = state_of(tide)

    response = stranger.post(address(name), {"name": "Taken", "environment": "live", "direction": "top"})

    assert response.status_code == 404
    assert state_of(tide) == before


@pytest.mark.parametrize(
    "name",
    [
        "achievement-edit",
        "achievement-delete",
        "achievement-move",
        "key-revoke",
        "announcement-withdraw",
        *WEBHOOK_ROWS,
    ],
)
def test_a_row_of_another_game_is_not_found_below_ones_own(
    browser: Client, tide: Game, address: Callable[..., str], name: str
) -> None:
    other = make_game()
    row = make_achievement(other, state="draft")
    make_key(other)
    made = Announcement.objects.create(game=other, title="News", text="News", created_by=f"key:{NIL}", audience_count=0)
    endpoint, delivery_id = make_webhook(other)
    before = state_of(other)
    row_id = {
        "achievement": row.id,
        "key": ApiKey.objects.get(game=other).id,
        "announcement": made.id,
        "webhook": delivery_id if name == "webhook-resend" else endpoint.id,
    }[name.partition("-")[0]]

    responses = [browser.post(address(name, row_id=id_), {"direction": "top"}) for id_ in (row_id, uuid4())]

    assert [response.status_code for response in responses] == [404, 404]
    assert state_of(other) == before


@pytest.mark.parametrize("name", PAGES)
def test_viewers_look_at_what_is_no_form(
    member: Callable[[str], Client], address: Callable[..., str], name: str
) -> None:
    assert member("viewer").get(address(name)).status_code == (200 if name in VIEWED else 403)


@pytest.mark.parametrize(
    ("role", "name"),
    [*(("viewer", name) for name in (*FORMS, *BUTTONS)), *(("editor", name) for name in sorted(MANAGED))],
)
def test_a_role_that_is_too_low_changes_nothing(
    member: Callable[[str], Client], tide: Game, address: Callable[..., str], role: str, name: str
) -> None:
    before = state_of(tide)

    response = member(role).post(address(name), {"name": "Taken", "environment": "live", "direction": "top"})

    assert response.status_code == 403
    assert state_of(tide) == before


def test_viewers_are_shown_no_buttons(member: Callable[[str], Client], address: Callable[..., str]) -> None:
    viewer = member("viewer")

    pages = [viewer.get(address(name)).content.decode() for name in sorted(VIEWED)]

    for page in pages:
        # The one form left is the log-out button.
        assert page.count('method="post"') == page.count('action="/accounts/logout/"')


@pytest.mark.parametrize("name", BUTTONS)
def test_buttons_answer_no_links(browser: Client, tide: Game, address: Callable[..., str], name: str) -> None:
    before = state_of(tide)

    assert browser.get(address(name)).status_code == 405
    assert state_of(tide) == before


def test_forms_without_their_token_are_refused(owner: Any, tide: Game, address: Callable[..., str]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    before = state_of(tide)

    responses = [browser.post(address(name)) for name in (*FORMS, *BUTTONS)]

    assert {response.status_code for response in responses} == {403}
    assert state_of(tide) == before
