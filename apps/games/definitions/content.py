"""What an achievement says, live and as drafted, and how two of these differ."""

from dataclasses import dataclass, fields
from typing import Any

from django.db.models import QuerySet

from apps.core.etags import etag_of
from apps.core.media import media_url
from apps.games.definitions.definition import AchievementDefinition
from apps.games.models import Achievement, AchievementDraft, AchievementState

# A change of these raises the version that unlocks refer to.
VERSIONED = ("name", "description", "points", "target")
_DEFINED = tuple(item.name for item in fields(AchievementDefinition))
_MEMBERS = tuple(name for name in _DEFINED if name != "set")
_PICTURES = {"icon": "icon_url", "icon_locked": "locked_icon_url"}
# What an achievement and its draft have columns of the same name for; beside these its set.
COLUMNS = (*_MEMBERS, *_PICTURES)


@dataclass(frozen=True, slots=True)
class Content:
    """All that publishing makes live: a definition with its icons, which are storage names."""

    definition: AchievementDefinition
    icon: str = ""
    icon_locked: str = ""

    def members(self) -> dict[str, Any]:
        # Its members are plain values: asdict, which copies what they hold, takes twenty times as long.
        authored = {name: getattr(self.definition, name) for name in _DEFINED}
        return authored | {"icon": self.icon, "icon_locked": self.icon_locked}

    @classmethod
    def of(cls, members: dict[str, Any]) -> "Content":
        """Return what `members` was made from."""
        rest = {name: value for name, value in members.items() if name not in _PICTURES}
        return cls(AchievementDefinition(**rest), *(members[name] for name in _PICTURES))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One member of an achievement, before and after."""

    member: str
    before: object
    after: object

    @property
    def name(self) -> str:
        """The member as the API calls it."""
        return _PICTURES.get(self.member, self.member.removeprefix("is_"))

    @property
    def is_picture(self) -> bool:
        return self.member in _PICTURES

    @property
    def label(self) -> str:
        return self.name.removesuffix("_url").replace("_", " ").capitalize()

    @property
    def before_text(self) -> str:
        return _in_words(self.before)

    @property
    def after_text(self) -> str:
        return _in_words(self.after)

    @property
    def urls(self) -> tuple[str | None, str | None]:
        """Addresses of a picture before and after."""
        return media_url(str(self.before or "")) or None, media_url(str(self.after or "")) or None


def with_drafts(rows: QuerySet[Achievement]) -> QuerySet[Achievement]:
    """Read achievements with their sets and drafts, in the same query."""
    return rows.select_related("achievement_set", "draft__achievement_set")


def draft_of(achievement: Achievement) -> AchievementDraft | None:
    """Return the draft beside what is live, None where nothing differs. A query unless it was read along."""
    found: AchievementDraft | None = getattr(achievement, "draft", None)
    return found


def definition_of(row: Achievement | AchievementDraft) -> AchievementDefinition:
    """Return the authored part of an achievement or a draft; one query unless its set was read along."""
    return AchievementDefinition(**{name: getattr(row, name) for name in _MEMBERS}, set=row.achievement_set.key)


def live_content(achievement: Achievement) -> Content:
    """Return what players see once it is published."""
    return _content(achievement)


def drafted_content(achievement: Achievement) -> Content:
    """Return what publishing would make live, which is what is live where there is no draft."""
    return _content(draft_of(achievement) or achievement)


def was_published(achievement: Achievement) -> bool:
    """Whether there is something live, or was, that a draft may differ from."""
    return achievement.state == AchievementState.PUBLISHED or achievement.published_at is not None


def would_publish(achievement: Achievement) -> bool:
    """Whether publishing it, if it is named, would change anything; archived ones come back."""
    return achievement.state != AchievementState.PUBLISHED or draft_of(achievement) is not None


def differences(before: Content, after: Content) -> list[FieldChange]:
    """Return the members that differ, in the order of the definition."""
    old, new = before.members(), after.members()
    return [FieldChange(name, old[name], new[name]) for name in old if old[name] != new[name]]


def pending_changes(achievement: Achievement) -> list[FieldChange]:
    """Return what publishing would change of what is live; none for what was never published."""
    if not was_published(achievement):
        return []
    return differences(live_content(achievement), drafted_content(achievement))


def edit_tag(achievement: Achievement) -> str:
    """Return an ETag of what editors see of it, live and as drafted, and of its state."""
    return etag_of(repr((live_content(achievement), drafted_content(achievement), achievement.state)).encode())


def show_draft(achievement: Achievement) -> Achievement:
    """Give a row that is only read the members of its draft, and return it."""
    draft = draft_of(achievement)
    if draft is not None:
        for name in COLUMNS:
            setattr(achievement, name, getattr(draft, name))
        achievement.achievement_set = draft.achievement_set
        achievement.set_kind = draft.achievement_set.kind
    return achievement


def _content(row: Achievement | AchievementDraft) -> Content:
    return Content(definition_of(row), row.icon, row.icon_locked)


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in {None, ""} else str(value)
