"""Writes definitions into rows: into the achievement itself while it is its first draft, and beside it later."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from apps.core.clock import now
from apps.games.definitions.content import COLUMNS, VERSIONED, Content, live_content
from apps.games.definitions.sets import put_into
from apps.games.models import Achievement, AchievementDraft, AchievementSet, AchievementState, ScheduledPublication

# Rows a statement: well within its five seconds, and often enough to move an import's progress bar.
ROWS_AT_ONCE = 200
_WRITTEN = (
    *COLUMNS, "achievement_set", "set_kind", "left_base_at", "version", "state", "published_at", "archived_at",
)  # fmt: skip


class Drafted(NamedTuple):
    """What an achievement is to say, and the set it names."""

    achievement: Achievement
    content: Content
    achievement_set: AchievementSet


def write_content(achievement: Achievement, content: Content, achievement_set: AchievementSet) -> None:
    """Make the row say this, without saving; the version goes up with what players earn it for."""
    put_into(achievement, achievement_set)
    members = content.members()
    achievement.version += any(getattr(achievement, name) != members[name] for name in VERSIONED)
    for name in COLUMNS:
        setattr(achievement, name, members[name])


def set_state(achievement: Achievement, state: str) -> None:
    """Set a row's state and the time of the change, without saving."""
    achievement.state = state
    achievement.archived_at = now() if state == AchievementState.ARCHIVED else None
    if state == AchievementState.PUBLISHED:
        achievement.published_at = achievement.published_at or now()


def save_rows(rows: Iterable[Achievement]) -> None:
    Achievement.objects.bulk_update(list(rows), _WRITTEN, batch_size=ROWS_AT_ONCE)


def save_drafts(items: Iterable[Drafted]) -> None:
    """Store drafts: first drafts in the achievement, others beside it, and none where nothing differs from it."""
    first, same, beside = list[Achievement](), list[Achievement](), list[AchievementDraft]()
    for achievement, content, achievement_set in items:
        if achievement.state == AchievementState.DRAFT:
            write_content(achievement, content, achievement_set)
            first.append(achievement)
        elif content == live_content(achievement):
            same.append(achievement)
        else:
            members = {name: value for name, value in content.members().items() if name in COLUMNS}
            beside.append(AchievementDraft(achievement=achievement, achievement_set=achievement_set, **members))
    save_rows(first)
    drop_drafts(same)
    AchievementDraft.objects.bulk_create(
        beside,
        update_conflicts=True,
        unique_fields=["achievement"],
        update_fields=[*COLUMNS, "achievement_set"],
        batch_size=ROWS_AT_ONCE,
    )


def drop_drafts(achievements: Sequence[Achievement]) -> None:
    """Delete what is drafted beside achievements, and publications to come of what then has nothing to publish."""
    AchievementDraft.objects.filter(achievement__in=achievements).delete()
    live = [row for row in achievements if row.state == AchievementState.PUBLISHED]
    ScheduledPublication.objects.filter(achievement__in=live).delete()
