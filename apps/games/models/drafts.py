"""What is not live yet: drafts, publications at a time to come, and the history of both."""

from django.db import models
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models.games import Achievement, AchievementSet, DefinitionColumns, Game


class AchievementDraft(DefinitionColumns):
    """What publishing would make live of an achievement that was published before; none while nothing differs."""

    achievement = models.OneToOneField(Achievement, models.CASCADE, primary_key=True, related_name="draft")
    achievement_set = models.ForeignKey(AchievementSet, models.PROTECT, related_name="drafts", db_column="set_id")

    class Meta:
        db_table = "achievement_draft"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(points__range=(0, 1000)), name="achievement_draft_points_range_check"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="one_shot", target=None) | models.Q(kind="incremental", target__gte=2),
                name="achievement_draft_kind_target_check",
            ),
        )

    def __str__(self) -> str:
        return gettext("draft of {row.name}").format(row=self)


class ScheduledPublication(models.Model):
    """A draft, or all drafts of a game, to be published at a time; a refused one stays until the next attempt."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Pages and the API list a game's.
    game = models.ForeignKey(Game, models.CASCADE, related_name="scheduled_publications")
    # None: all that the game has to publish.
    achievement = models.OneToOneField(Achievement, models.CASCADE, null=True, related_name="publication")
    publish_at = models.DateTimeField()
    # None once refused.
    due_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    refused_at = models.DateTimeField(null=True)
    refusal_code = models.CharField(max_length=60, blank=True)
    refusal = models.TextField(blank=True)

    class Meta:
        db_table = "scheduled_publication"
        constraints = (
            models.UniqueConstraint(
                fields=["game"], name="scheduled_publication_game_uniq", condition=models.Q(achievement=None)
            ),
            models.CheckConstraint(
                condition=models.Q(due_at=None, refused_at__isnull=False)
                | models.Q(due_at__isnull=False, refused_at=None),
                name="scheduled_publication_due_check",
            ),
        )
        # The work queue finds what is due.
        indexes = (
            models.Index(
                fields=["due_at"], name="scheduled_publication_due_idx", condition=models.Q(due_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return gettext("publication at {row.publish_at:%Y-%m-%d %H:%M} UTC").format(row=self)


class Act(models.TextChoices):
    """What was done to a definition."""

    FOUND = "found", gettext_lazy("History begins")
    CREATED = "created", gettext_lazy("Created")
    EDITED = "edited", gettext_lazy("Draft saved")
    DISCARDED = "discarded", gettext_lazy("Draft discarded")
    RESTORED = "restored", gettext_lazy("Earlier version restored into the draft")
    PUBLISHED = "published", gettext_lazy("Published")
    ARCHIVED = "archived", gettext_lazy("Archived")
    SCHEDULED = "scheduled", gettext_lazy("Publication scheduled")
    CANCELLED = "cancelled", gettext_lazy("Scheduled publication cancelled")
    REFUSED = "refused", gettext_lazy("Scheduled publication refused")


class HistoryEntry(models.Model):
    """Who did what to an achievement's definition, and when; without an achievement, to all of a game's drafts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game = models.ForeignKey(Game, models.CASCADE, related_name="+", db_index=False)
    achievement = models.ForeignKey(Achievement, models.CASCADE, null=True, related_name="history", db_index=False)
    act = models.CharField(max_length=9, choices=Act)
    # account:<id> or key:<id>; empty for what Laurel did itself.
    by = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=now, editable=False)
    # Of scheduled publications: the time they were to be done.
    due_at = models.DateTimeField(null=True)
    # [{"member", "before", "after"}], icons by their storage names.
    changes = models.JSONField(default=list)
    # The definition after it, with its icons; null where it is about no definition.
    definition = models.JSONField(null=True)
    detail = models.TextField(blank=True)

    class Meta:
        db_table = "achievement_history"
        verbose_name_plural = gettext_lazy("history entries")
        # Both are listed newest first.
        indexes = (
            models.Index(fields=["achievement", "-id"], name="achievement_history_newest_idx"),
            models.Index(fields=["game", "-id"], name="achievement_history_game_idx"),
        )

    def __str__(self) -> str:
        return gettext("{row.act} by {row.by} at {row.at:%Y-%m-%d %H:%M} UTC").format(row=self)
