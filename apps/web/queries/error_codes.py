"""Every code a problem may carry, with what it means: the page that the `type` of a problem leads to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A stable code, the status it comes with, and what to do about it."""

    code: str
    status: int
    meaning: str
    remedy: str


# One line a code reads as the table that it is.
# ruff: noqa: E501
ERROR_CODES = (
    ErrorCode("achievement_archived", 409, "The achievement is archived and can't be earned any more.", "Drop the report. Unlocks from before stay."),
    ErrorCode("achievement_not_found", 404, "The key's game has no achievement with this id or key.", "Compare the id with the portal; a key reports for its own game only."),
    ErrorCode("achievement_not_incremental", 409, "The achievement has no steps: it is earned at once.", "Unlock it, or make it incremental in the portal."),
    ErrorCode("achievement_not_published", 409, "The achievement is a draft and the key is live.", "Publish it, or use a test key."),
    ErrorCode("bad_request", 400, "The request could not be read at all.", "Check the URL and the headers."),
    ErrorCode("batch_too_large", 400, "More than 1,000 unlocks in one batch.", "Split it."),
    ErrorCode("body_too_large", 413, "The body is over 1 MB.", "Split the batch."),
    ErrorCode("body_too_slow", 408, "The body did not arrive within the time a request may take.", "Send it again; nothing was recorded."),
    ErrorCode("busy", 503, "More requests are waiting than can be served soon.", "Send the same request again after Retry-After."),
    ErrorCode("database_unavailable", 503, "The database did not answer in time. Nothing was recorded.", "Send the same request again after Retry-After; repeats are harmless."),
    ErrorCode("forbidden", 403, "You may not do this.", "Ask the owner of the studio."),
    ErrorCode("game_not_found", 404, "No published game has this id.", "Compare the id with the portal."),
    ErrorCode("internal_error", 500, "Something failed on our side.", "Try again, and quote the request id when you report it."),
    ErrorCode("invalid", 400, "A member or parameter is missing or wrong.", "errors[] points at each of them."),
    ErrorCode("invalid_key", 401, "There is no API key, or nobody knows it.", "Send Authorization: Bearer with a key from the portal, under Keys."),
    ErrorCode("key_revoked", 401, "The API key was revoked.", "Create a new one in the portal, under Keys."),
    ErrorCode("malformed_json", 400, "The body is not valid JSON.", "The detail names the line and column."),
    ErrorCode("method_not_allowed", 405, "This address does not take this method.", "The Allow header lists what it takes."),
    ErrorCode("not_found", 404, "There is nothing here, or nothing you may see.", "Check the address."),
    ErrorCode("player_not_found", 404, "No player has this id.", "Check the id."),
    ErrorCode("player_not_ranked", 404, "The player has no points in this scope, window and region.", "Leave out the region or the window, or show them as unranked."),
    ErrorCode("set_by_server", 403, "Only the game's server may set this achievement.", "Report it with a server's key, or let clients set it in the portal."),
    ErrorCode("tickets_unavailable", 503, "Socket tickets live in Redis, which did not answer.", "Try again after Retry-After."),
    ErrorCode("unlocked_at_in_future", 400, "unlocked_at is over 5 minutes ahead.", "Check the clock, or leave it out."),
    ErrorCode("unlocked_at_too_old", 400, "unlocked_at is over 14 days ago.", "Offline play is taken up to 14 days back."),
    ErrorCode("unsupported_media_type", 415, "The body is not declared as JSON.", "Send Content-Type: application/json."),
)  # fmt: skip
