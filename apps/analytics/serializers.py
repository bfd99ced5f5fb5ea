"""Serializers of play time, dashboards, statistics and comparisons."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext
from rest_framework import serializers

from apps.analytics.statistics.comparisons import PLAYERS_MAX
from apps.analytics.statistics.game_series import GAME_DAYS_MAX
from apps.analytics.statistics.player_series import DAYS_DEFAULT, DAYS_MAX
from apps.core.api.wire.fields import DayField, IdField, MomentField
from apps.core.api.wire.inputs import AnySerializer
from apps.core.clock import now
from apps.core.parsing.sentences import NOT_VISIBLE_ASCII
from apps.leaderboards.serializers import CrownSerializer
from apps.players.serializers import PlayerSerializer
from apps.unlocks.serializers import UnlockEntrySerializer

YEARS = (1970, 2200)


class PlayTimeReportSerializer(AnySerializer):
    """A session of play. Send it once at the end, or repeatedly with more seconds while it lasts."""

    session_id = serializers.RegexField(
        r"^[!-~]{1,64}$",
        help_text="Your own id; a session counts once under it.",
        error_messages={"invalid": NOT_VISIBLE_ASCII},
    )
    seconds = serializers.IntegerField(min_value=1, max_value=86_400, help_text="Of the whole session so far.")
    ended_at = MomentField(required=False, help_text="Now when left out; up to 14 days back.")


class PlayTimeAnswerSerializer(AnySerializer):
    """The counted length of the session, and the player's total."""

    player_id = serializers.UUIDField()
    game_id = serializers.UUIDField()
    session_id = serializers.CharField()
    seconds = serializers.IntegerField()
    recorded = serializers.BooleanField(help_text="Whether this report added anything.")
    total_seconds = serializers.IntegerField()


class DashboardTotalsSerializer(AnySerializer):
    """Sums over all games."""

    points = serializers.IntegerField(help_text="Of everything earned.")
    achievement_count = serializers.IntegerField(help_text="Earned of base sets' published achievements.")
    unlock_count = serializers.IntegerField(help_text="Everything earned, as boards count it.")
    playtime_seconds = serializers.IntegerField()
    game_count = serializers.IntegerField()
    completed_count = serializers.IntegerField(help_text="Games with a crown.")


class DashboardRankSerializer(AnySerializer):
    """The rank on the board of all games."""

    rank = serializers.IntegerField()
    total_players = serializers.IntegerField()
    percentile = serializers.FloatField(help_text="Share of players at or below, 0 to 100.")


class PlayedGameSerializer(AnySerializer):
    """A game on the dashboard: points are of all sets, completion and totals of the base set."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    cover_url = serializers.CharField(allow_null=True)
    playtime_hours = serializers.FloatField()
    playtime_seconds = serializers.IntegerField()
    achievement_count = serializers.IntegerField(help_text="Earned of the base set's published achievements.")
    total_achievements = serializers.IntegerField(help_text="Published achievements of the base set.")
    completion_percentage = serializers.FloatField(help_text="Of the base set.")
    points = serializers.IntegerField(
        help_text="Of everything earned in the game, whatever its set; may exceed total_points."
    )
    total_points = serializers.IntegerField(help_text="Of the base set's published achievements.")
    last_played_at = serializers.DateTimeField()
    crown = CrownSerializer(allow_null=True, help_text="Null until the base set was earned whole.")


class DashboardSerializer(AnySerializer):
    """A player at a glance."""

    player = PlayerSerializer()
    totals = DashboardTotalsSerializer()
    rank = DashboardRankSerializer(allow_null=True, help_text="Null without points.")
    games = PlayedGameSerializer(many=True)
    latest_unlocks = UnlockEntrySerializer(many=True)


class DaysSerializer(AnySerializer):
    """A range of days; the last thirty by default."""

    days_max: ClassVar[dict[str, int]] = DAYS_MAX

    start_date = DayField(required=False)
    end_date = DayField(required=False)
    interval = serializers.ChoiceField(choices=list(DAYS_MAX), default="day")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end = attrs.setdefault("end_date", now().date())
        start = attrs.setdefault("start_date", end - timedelta(days=min(DAYS_DEFAULT, end.toordinal()) - 1))
        if problem := self._problem_of(start, end, attrs["interval"]):
            raise serializers.ValidationError(problem)
        return attrs

    def _problem_of(self, start: date, end: date, interval: str) -> dict[str, str]:
        """Return what is wrong with the days, by the parameter to change."""
        first, last = YEARS
        if wrong := [name for name, day in (("start_date", start), ("end_date", end)) if not first <= day.year <= last]:
            text = gettext("Choose a day of the years {first} to {last}.").format(first=first, last=last)
            return dict.fromkeys(wrong, text)
        if start > end:
            return {"start_date": gettext("start_date is after end_date.")}
        longest = self.days_max[interval]
        if (end - start).days < longest:
            return {}
        words = gettext("Request at most {longest} days by {interval}.")
        return {"start_date": words.format(longest=longest, interval=interval)}


class SlotSerializer(AnySerializer):
    """An hour or a day with activity."""

    recorded_at = serializers.DateTimeField(help_text="Its beginning, UTC.")
    playtime_hours = serializers.FloatField()
    unlock_count = serializers.IntegerField()
    points = serializers.IntegerField()
    achievement_count = serializers.IntegerField(help_text="Held at its end.")
    completion_percentage = serializers.FloatField(allow_null=True, help_text="Of the game; null over all games.")


class StatisticsSerializer(AnySerializer):
    """What a player did over time; slots without activity are left out."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    interval = serializers.ChoiceField(choices=list(DAYS_MAX))
    results = SlotSerializer(many=True)


class StatisticsQuerySerializer(DaysSerializer):
    """A range of days for a player, optionally in one game."""

    game = IdField(required=False)


class GameStatisticsQuerySerializer(DaysSerializer):
    """A range of days for a game."""

    days_max = GAME_DAYS_MAX


class GameSlotSerializer(AnySerializer):
    """A game's hour or day."""

    recorded_at = serializers.DateTimeField(help_text="Its beginning, UTC.")
    unlock_count = serializers.IntegerField()
    points = serializers.IntegerField(allow_null=True, help_text="By day only.")
    player_count = serializers.IntegerField(help_text="Who played or earned something.")
    playtime_hours = serializers.FloatField()
    players_by_region = serializers.DictField(child=serializers.IntegerField(), help_text="By day only.")


class RarityOfDaySerializer(AnySerializer):
    """How many had earned an achievement at the end of a day."""

    day = serializers.DateField()
    unlock_count = serializers.IntegerField()
    player_count = serializers.IntegerField()


class AchievementHistorySerializer(AnySerializer):
    """An achievement's rarity, day by day."""

    achievement_id = serializers.UUIDField()
    key = serializers.CharField()
    set = serializers.CharField(help_text="The key of its set.")
    days = RarityOfDaySerializer(many=True)


class GameStatisticsSerializer(AnySerializer):
    """A game over time; slots without activity are left out, and so is the current one."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    interval = serializers.ChoiceField(choices=list(DAYS_MAX))
    results = GameSlotSerializer(many=True)
    achievements = AchievementHistorySerializer(many=True)


class CompareQuerySerializer(AnySerializer):
    """The players to compare."""

    players = serializers.CharField(max_length=200)
    game = IdField(required=False)

    def validate_players(self, value: str) -> list[object]:
        ids = list(dict.fromkeys(value.split(",")))
        if not 2 <= len(ids) <= PLAYERS_MAX:
            raise serializers.ValidationError(
                gettext("Name 2 to {count} players, with commas between.").format(count=PLAYERS_MAX)
            )
        return [IdField().run_validation(text) for text in ids]


class ComparedSideSerializer(AnySerializer):
    """One player's side of a comparison."""

    player_id = serializers.UUIDField()
    points = serializers.IntegerField()
    achievement_count = serializers.IntegerField()


class ComparedGameSerializer(AnySerializer):
    """A game that any of them has played; players in the order requested, zeros for those who have not played."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    total_achievements = serializers.IntegerField()
    sides = ComparedSideSerializer(many=True)


class ComparisonSerializer(AnySerializer):
    """Players side by side."""

    players = PlayerSerializer(many=True)
    totals = ComparedSideSerializer(many=True)
    games = ComparedGameSerializer(many=True)
