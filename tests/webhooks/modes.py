"""Reports in hardcore, merges, and what was sent of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, overload

import orjson
from django.db import transaction

from apps.core.background.outbox import record
from apps.core.clock import now
from apps.players.events import PlayersMerged
from apps.players.models import Player
from apps.unlocks.actions import record_unlocks
from apps.unlocks.reports import Report
from apps.webhooks.models import WebhookMessage

Relay = Callable[[], int]


def earn(player: Player, achievement: Any, at: datetime | None = None) -> None:
    record_unlocks(reports=[Report(achievement.game_id, player.id, achievement.id, None, at, is_hardcore=True)])


def merge(guest: Player, into: Player) -> None:
    with transaction.atomic():
        Player.objects.filter(pk=guest.pk).update(merged_into=into, merged_at=now())
        record([PlayersMerged(guest.id, into.id)])


@overload
def said(moment: datetime) -> str: ...
@overload
def said(moment: None) -> None: ...
def said(moment: datetime | None) -> str | None:
    """Return a time as messages have it, to the microsecond."""
    return None if moment is None else orjson.dumps(moment, option=orjson.OPT_UTC_Z).decode().strip('"')


def sent() -> list[tuple[str, dict[str, Any]]]:
    """Return the types and data of all messages, oldest first, and delete them."""
    found = [(row.type, orjson.loads(row.payload)["data"]) for row in WebhookMessage.objects.order_by("id")]
    WebhookMessage.objects.all().delete()
    return found


def sent_to(player: Player) -> list[tuple[str, dict[str, Any]]]:
    """Return the types and data of a player's messages of achievements, oldest first."""
    rows = [orjson.loads(row.payload) for row in WebhookMessage.objects.exclude(type="game.completed").order_by("id")]
    return [(row["type"], row["data"]) for row in rows if row["data"]["player_id"] == str(player.id)]
