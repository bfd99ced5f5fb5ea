"""Achievements, unlocks and progress as JSON, and their description."""

from typing import Any

from rest_framework import serializers

from apps.core.media import media_url
from apps.games.models import Achievement, AchievementKind, Game
from apps.games.rarity import tier_of
from apps.unlocks.queries import AchievementEntry, ProgressEntry, UnlockEntry
from apps.unlocks.serializers import RarityOfUnlockSerializer


class AchievementEntrySerializer(serializers.Serializer[Any]):
    """An achievement. A hidden one that the viewer has neither earned nor been shown has null for what it is."""

    id = serializers.UUIDField()
    key = serializers.CharField(allow_null=True, help_text="Null while masked.")
    name = serializers.CharField(allow_null=True, help_text="Null while masked.")
    description = serializers.CharField(allow_null=True, help_text="Null while masked.")
    points = serializers.IntegerField(help_text="As of today; an unlock has those of its day.")
    kind = serializers.ChoiceField(choices=AchievementKind.values)
    target = serializers.IntegerField(allow_null=True, help_text="Steps in all; null for one_shot, and while masked.")
    hidden = serializers.BooleanField()
    icon_url = serializers.CharField(allow_null=True, help_text="Null while masked, or when there is none.")
    locked_icon_url = serializers.CharField(allow_null=True, help_text="Null while masked, or when there is none.")
    rarity = RarityOfUnlockSerializer(allow_null=True, help_text="Null while the game has under 20 players.")
    unlocked_at = serializers.DateTimeField(allow_null=True, help_text="When the player earned it.")
    steps = serializers.IntegerField(allow_null=True, help_text="Of the target; null but for one's own.")


class GameOfUnlockSerializer(serializers.Serializer[Any]):
    """The game of an unlock."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class UnlockEntrySerializer(serializers.Serializer[Any]):
    """An earned achievement."""

    achievement = AchievementEntrySerializer()
    game = GameOfUnlockSerializer()
    points = serializers.IntegerField(help_text="As earned.")
    unlocked_at = serializers.DateTimeField()


class ProgressEntrySerializer(serializers.Serializer[Any]):
    """An achievement under way."""

    achievement = AchievementEntrySerializer()
    game = GameOfUnlockSerializer()
    steps = serializers.IntegerField()
    target = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


def entry_body(entry: AchievementEntry) -> dict[str, Any]:
    found, is_shown = entry.achievement, not entry.is_masked
    return {
        "id": found.id,
        "key": found.key if is_shown else None,
        "name": found.name if is_shown else None,
        "description": found.description if is_shown else None,
        "points": found.points,
        "kind": found.kind,
        "target": found.target if is_shown else None,
        "hidden": found.is_hidden,
        "icon_url": (media_url(found.icon) or None) if is_shown else None,
        "locked_icon_url": (media_url(found.icon_locked) or None) if is_shown else None,
        "rarity": _rarity_body(found),
        "unlocked_at": entry.unlocked_at,
        "steps": entry.steps,
    }


def unlock_body(unlock: UnlockEntry) -> dict[str, Any]:
    return {
        "achievement": entry_body(unlock.entry),
        "game": _game_body(unlock.entry.achievement.game),
        "points": unlock.points,
        "unlocked_at": unlock.unlocked_at,
    }


def progress_entry_body(progress: ProgressEntry) -> dict[str, Any]:
    return {
        "achievement": entry_body(progress.entry),
        "game": _game_body(progress.entry.achievement.game),
        "steps": progress.steps,
        "target": progress.entry.achievement.target,
        "updated_at": progress.updated_at,
    }


def _game_body(game: Game) -> dict[str, Any]:
    return {"id": game.id, "slug": game.slug, "name": game.name}


def _rarity_body(achievement: Achievement) -> dict[str, Any] | None:
    completion = getattr(achievement, "completion", None)
    share = None if completion is None else completion.share
    return None if share is None else {"share": share, "tier": tier_of(share)}
