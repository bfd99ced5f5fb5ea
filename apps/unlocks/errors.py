"""The ledger's refusals, each with code, status and message."""

from django.utils.translation import gettext_noop

from apps.core.errors import DomainError


class RefusedError(DomainError):
    """A refused report, which changed nothing."""

    status = 409


class ReportedPlayerNotFoundError(RefusedError):
    code = "player_not_found"
    status = 404
    detail = gettext_noop("No player has this id.")


class ReportedAchievementNotFoundError(RefusedError):
    code = "achievement_not_found"
    status = 404
    detail = gettext_noop("The game has no such achievement.")


class GameNotPublishedError(RefusedError):
    code = "game_not_published"
    detail = gettext_noop(
        "This game is not published, so nothing played or earned in it counts. Publish it, or use a test key."
    )


class AchievementArchivedError(RefusedError):
    code = "achievement_archived"
    detail = gettext_noop("This achievement is archived and can't be earned any more.")


class AchievementNotPublishedError(RefusedError):
    code = "achievement_not_published"
    detail = gettext_noop("This achievement is a draft. Publish it, or use a test key.")


class AchievementRetiredError(RefusedError):
    code = "achievement_retired"
    detail = gettext_noop("This achievement's set is retired, so it can't be earned any more.")


class EventNotOpenError(RefusedError):
    code = "event_not_open"
    detail = gettext_noop(
        "This achievement belongs to an event, and was earned outside of its times or sent over 14 days after them."
    )


class AchievementNotIncrementalError(RefusedError):
    code = "achievement_not_incremental"
    detail = gettext_noop("This achievement has no steps: it is earned at once. Unlock it.")


class SetByServerError(RefusedError):
    code = "set_by_server"
    status = 403
    detail = gettext_noop(
        "Only the game's server may set this achievement. Report it with a key, or let clients set it."
    )


class GameWithoutModesError(RefusedError):
    code = "game_without_modes"
    detail = gettext_noop(
        "This game has no hardcore mode: leave hardcore out. Its studio can turn the mode on in the game's settings."
    )


class UnlockedAtTooOldError(RefusedError):
    code = "unlocked_at_too_old"
    status = 400
    detail = gettext_noop("unlocked_at is over 14 days ago.")


class UnlockedAtInFutureError(RefusedError):
    code = "unlocked_at_in_future"
    status = 400
    detail = gettext_noop("unlocked_at is over 5 minutes in the future. Check the clock.")


class JournalBrokenError(DomainError):
    """An entry that doesn't follow the last one accepted, or that somebody added to; those behind it go with it."""

    code = "journal_broken"
    status = 409


class UnlockedAtImplausibleError(RefusedError):
    code = "unlocked_at_implausible"
    status = 400
    detail = gettext_noop("unlocked_at is before 1990. Check what your times count from, and in what.")


REFUSALS: dict[str, type[RefusedError]] = {
    refusal.code: refusal
    for refusal in (
        ReportedPlayerNotFoundError,
        ReportedAchievementNotFoundError,
        GameNotPublishedError,
        AchievementArchivedError,
        AchievementNotPublishedError,
        AchievementRetiredError,
        EventNotOpenError,
        AchievementNotIncrementalError,
        SetByServerError,
        GameWithoutModesError,
        UnlockedAtTooOldError,
        UnlockedAtInFutureError,
        UnlockedAtImplausibleError,
    )
}


def refusal_of(outcome: str) -> RefusedError:
    """Return the refusal with this code, pointing at the member concerned."""
    return REFUSALS[outcome](pointer="/unlocked_at" if outcome.startswith("unlocked_at") else None)
