"""Studios, games and how far they are trusted, achievements with their drafts and history, and API keys."""

from apps.games.models.drafts import AchievementDraft, Act, HistoryEntry, ScheduledPublication
from apps.games.models.games import (
    Achievement,
    AchievementCompletion,
    AchievementKind,
    AchievementSet,
    AchievementState,
    ApiKey,
    Game,
    KeyKind,
    Membership,
    Role,
    SetKind,
    Setter,
    Studio,
    default_scopes,
    keeping_an_owner,
    only_owners,
)
from apps.games.models.references import ACHIEVEMENT_KEY, KEY_CHARACTERS, KEY_LENGTH_MAX, KEY_PATTERN, key_rule
from apps.games.models.tokens import TokenGrant
from apps.games.models.trust import StudioPlayer, Trust, TrustDecision, TrustMove

__all__ = [
    "ACHIEVEMENT_KEY",
    "KEY_CHARACTERS",
    "KEY_LENGTH_MAX",
    "KEY_PATTERN",
    "Achievement",
    "AchievementCompletion",
    "AchievementDraft",
    "AchievementKind",
    "AchievementSet",
    "AchievementState",
    "Act",
    "ApiKey",
    "Game",
    "HistoryEntry",
    "KeyKind",
    "Membership",
    "Role",
    "ScheduledPublication",
    "SetKind",
    "Setter",
    "Studio",
    "StudioPlayer",
    "TokenGrant",
    "Trust",
    "TrustDecision",
    "TrustMove",
    "default_scopes",
    "keeping_an_owner",
    "key_rule",
    "only_owners",
]
