"""What the studio finds in the portal: drafts, an announcement, a webhook with its log, tests of a game to come."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from apps.core.ids import new_id
from apps.demo.content import KEYED_GAME, demo_games, unpublished_games
from apps.demo.credentials import STUDIO_EMAIL, demo_players
from apps.demo.pictures import GameArt
from apps.games.actions import amend_achievement, create_achievement, schedule_publication
from apps.games.definitions.definition import AchievementDefinition
from apps.games.models import Achievement, Game, HistoryEntry
from apps.leaderboards.boards.board import Board
from apps.leaderboards.standings.standing_rows import count_of_places
from apps.notifications.models import Announcement
from apps.players.models import Account
from apps.unlocks.events import AchievementUnlocked
from apps.unlocks.models import SandboxUnlock, Source, Unlock
from apps.webhooks import signing
from apps.webhooks.event_types import EventType
from apps.webhooks.models import (
    DeliveryState,
    DisabledReason,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from apps.webhooks.payloads import Message, unlock_messages

DRAFTED_AGO, PUBLISHED_IN = timedelta(hours=4), timedelta(days=4)
ANNOUNCED_AGO = timedelta(days=2, hours=5)
# Names that end in .example lead nowhere, so nothing may be sent there.
ENDPOINT_URL = "https://hooks.harbour-lane.example/laurel"
DISABLED_AGO = timedelta(hours=3)
DELIVERY_COUNT = 40
# Of the deliveries, newest first: attempts that failed before the one that didn't, if any did not.
_FAILED_ATTEMPTS = {0: 1, 3: 2, 17: 1}
_NEVER_DELIVERED = {0}
_TESTED = 5


def furnish_portal(moment: datetime, arts: Mapping[str, GameArt]) -> None:
    """Store what a studio that has used Laurel for a while would see. Call in a transaction."""
    owner = Account.objects.get(email=STUDIO_EMAIL)
    game = Game.objects.get(slug=KEYED_GAME)
    _draft(game, owner, arts[game.slug], moment)
    _announce(game, owner, moment)
    _store_webhook(game, owner, moment)
    for title in unpublished_games():
        _test(Game.objects.get(slug=title.slug), moment)


def _draft(game: Game, owner: Account, art: GameArt, moment: datetime) -> None:
    """Store changes beside what is live, and new achievements with the day on which they are to be published."""
    by, title = f"account:{owner.id}", demo_games()[0]
    for key, changes in title.edits.items():
        amend_achievement(achievement=Achievement.objects.get(game=game, key=key), changes=changes, by=by)
    for item in title.drafts:
        icon, icon_locked = art.icons[item.key]
        definition = AchievementDefinition(item.key, item.name, item.points, item.description, set=item.set)
        made = create_achievement(game=game, definition=definition, icon=icon, icon_locked=icon_locked, by=by)
        publish_at = (moment + PUBLISHED_IN).replace(minute=0, second=0, microsecond=0)
        schedule_publication(game=game, achievement=made, publish_at=publish_at, by=by)
    HistoryEntry.objects.filter(game=game).update(at=moment - DRAFTED_AGO)


def _announce(game: Game, owner: Account, moment: datetime) -> None:
    """Store an announcement that has reached everyone."""
    count = count_of_places(Board(game.id))
    Announcement.objects.create(
        game=game,
        title="The Winter Chart is out",
        text="The sea north of Corran Head has frozen over, and somebody has to sound it. Three new achievements, one "
        "very long night, and pack ice that keeps its own timetable. Free for everyone who owns Tidebound.",
        created_by=f"account:{owner.id}",
        created_at=moment - ANNOUNCED_AGO,
        audience_count=count,
        passed_count=count,
        notified_count=count,
    )


def _store_webhook(game: Game, owner: Account, moment: datetime) -> None:
    """Store an endpoint, disabled by its studio, with the log of its last deliveries."""
    disabled_at = moment - DISABLED_AGO
    endpoint = WebhookEndpoint.objects.create(
        game=game,
        url=ENDPOINT_URL,
        description="Posts rare achievements to the players' chat",
        event_types=[EventType.UNLOCKED.value, EventType.COMPLETED.value],
        state=EndpointState.DISABLED,
        disabled_reason=DisabledReason.BY_HAND,
        disabled_at=disabled_at,
        secret=signing.encrypted(signing.new_secret()),
        created_by=owner,
        created_at=moment - timedelta(days=30),
    )
    rows = list(Unlock.objects.filter(game=game, unlocked_at__lt=disabled_at).order_by("-unlocked_at")[:DELIVERY_COUNT])
    events = [
        AchievementUnlocked(row.player_id, row.achievement_id, row.game_id, row.points, row.unlocked_at) for row in rows
    ]
    happened_at = {id(event): event.unlocked_at for event in events}
    messages = unlock_messages(EventType.UNLOCKED, events, lambda event: happened_at[id(event)])
    # Ids are ordered by time and the log is read by them: the oldest first.
    for number in reversed(range(len(messages))):
        _store_delivery(endpoint, messages[number], number, rows[number].unlocked_at)


def _store_delivery(endpoint: WebhookEndpoint, message: Message, number: int, at: datetime) -> None:
    failed, is_delivered = _FAILED_ATTEMPTS.get(number, 0), number not in _NEVER_DELIVERED
    stored = WebhookMessage.objects.create(
        id=message.id, game_id=message.game_id, type=message.type.value, payload=message.payload, created_at=at
    )
    delivery = WebhookDelivery.objects.create(
        message=stored,
        endpoint=endpoint,
        state=DeliveryState.DELIVERED if is_delivered else DeliveryState.FAILED,
        attempt_count=failed + is_delivered,
        due_at=None,
        created_at=at,
        finished_at=at + timedelta(seconds=1 + 60 * failed),
    )
    headers = {"webhook-id": signing.webhook_id(message.id), "Content-Type": "application/json"}
    statuses = [503] * failed + [204] * is_delivered
    WebhookAttempt.objects.bulk_create(
        WebhookAttempt(
            id=new_id(),
            delivery=delivery,
            endpoint=endpoint,
            at=at + timedelta(seconds=1 + 60 * attempt),
            url=endpoint.url,
            status=status,
            duration_ms=64 + (37 * (number + attempt)) % 180,
            request_headers=list(headers.items()),
            answer_headers=[("Content-Type", "text/plain")] if status == 503 else [],
            answer_body="The chat's bridge is restarting.\n" if status == 503 else "",
        )
        for attempt, status in enumerate(statuses)
    )


def _test(game: Game, moment: datetime) -> None:
    """Store what the studio's testers earned with a test key in a game that is not published."""
    achievements = list(Achievement.objects.filter(game=game).order_by("position", "id")[:_TESTED])
    testers = demo_players()[:3]
    SandboxUnlock.objects.bulk_create(
        SandboxUnlock(
            player=tester,
            achievement=achievement,
            game=game,
            unlocked_at=(at := moment - timedelta(hours=20 * number + 3 * place)),
            recorded_at=at,
            definition_version=1,
            points=achievement.points,
            source=Source.SERVER,
        )
        for number, tester in enumerate(testers)
        for place, achievement in enumerate(achievements[: _TESTED - number])
    )
