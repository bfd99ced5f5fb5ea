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
    ErrorCode("already_announced", 409, "The game's players are being told, or were told within 24 hours, exactly this.", "Nothing is left to do."),
    ErrorCode("already_linked", 409, "The link code is of the player whom you log in as already.", "Nothing is left to do."),
    ErrorCode("already_restored", 409, "These unlocks have been restored before.", "Nothing is left to do."),
    ErrorCode("bad_request", 400, "The request could not be read at all.", "Check the URL and the headers."),
    ErrorCode("batch_too_large", 400, "More than 1,000 reports in one batch.", "Split it."),
    ErrorCode("board_page_unavailable", 503, "Boards are being rebuilt; until then only their first 10,000 places can be read.", "Try again after Retry-After, or read an earlier page."),
    ErrorCode("body_too_large", 413, "The body is over 1 MB.", "Split the batch."),
    ErrorCode("body_too_slow", 408, "The body did not arrive within the time a request may take.", "Send it again; nothing was recorded."),
    ErrorCode("budget_exceeded", 409, "The points of the game's achievements would pass its budget.", "Give fewer points, archive an achievement, or raise the budget."),
    ErrorCode("busy", 503, "More requests are waiting than can be served soon.", "Send the same request again after Retry-After."),
    ErrorCode("caller_not_allowed", 403, "This call is not for your kind of credentials.", "The detail names who may call: keys, player tokens or people who log in."),
    ErrorCode("csrf_failed", 403, "A change with a browser's session came without its CSRF token.", "Send the csrftoken cookie's value as X-CSRFToken, or use a key or token."),
    ErrorCode("database_unavailable", 503, "The database did not answer in time. Nothing was recorded.", "Send the same request again after Retry-After; repeats are harmless."),
    ErrorCode("ended_at_out_of_range", 400, "ended_at is over 14 days ago, or over 5 minutes ahead.", "Check the clock, or leave it out."),
    ErrorCode("external_id_invalid", 400, "The external id is too long, or holds characters that nobody can read.", "Use 1 to 100 printable characters."),
    ErrorCode("external_id_unknown", 404, "The key's game knows nobody by this external id.", "PUT the same address to create them."),
    ErrorCode("forbidden", 403, "You may not do this.", "Ask the owner of the studio."),
    ErrorCode("game_not_found", 404, "No published game has this id.", "Compare the id with the portal."),
    ErrorCode("game_not_published", 409, "The game is not published: it takes no live unlocks and progress, and its players can't be told anything.", "Publish it in the portal; to try things out, report with a test key."),
    ErrorCode("handle_taken", 409, "Another player has this handle.", "Choose another, or leave it out."),
    ErrorCode("head_too_large", 431, "The request's line and headers are over 16 kB together.", "Send fewer and shorter cookies and headers."),
    ErrorCode("head_too_slow", 408, "The request's headers did not arrive within ten seconds.", "Send the request again; nothing was recorded."),
    ErrorCode("idempotency_key_in_use", 409, "A request with this Idempotency-Key is under way.", "Try again after Retry-After; you get its answer."),
    ErrorCode("idempotency_key_reused", 422, "The Idempotency-Key came with another body before.", "Use a new key for a new request."),
    ErrorCode("import_refused", 400, "Something in the document is wrong; nothing was changed.", "errors[] points at each place."),
    ErrorCode("internal_error", 500, "Something failed on our side.", "Try again, and quote the request id when you report it."),
    ErrorCode("invalid", 400, "A member or parameter is missing or wrong.", "errors[] points at each of them."),
    ErrorCode("invalid_cursor", 400, "The cursor is not from a page of this list.", "Take it from next or previous, unchanged; or start again without it."),
    ErrorCode("invalid_key", 401, "There is no API key, or nobody knows it.", "Send Authorization: Bearer with a key from the portal, under Keys."),
    ErrorCode("invalid_ticket", 401, "The ticket is used, over 30 seconds old, or not one of ours.", "Get a new one for each connection."),
    ErrorCode("invalid_token", 401, "The player token is not one of ours.", "Have the game server mint a new one."),
    ErrorCode("key_revoked", 401, "The API key was revoked.", "Create a new one in the portal, under Keys."),
    ErrorCode("key_taken", 409, "Another achievement of the game has this key.", "Choose another."),
    ErrorCode("link_code_unknown", 404, "The link code is mistyped, used, or over ten minutes old.", "Have the game show a new one."),
    ErrorCode("link_codes_unavailable", 503, "Link codes live in Redis, which did not answer.", "Try again after Retry-After."),
    ErrorCode("live_key_needed", 403, "There is no test data behind this call.", "Use a live key."),
    ErrorCode("malformed_json", 400, "The body is not valid JSON.", "The detail names the line and column."),
    ErrorCode("method_not_allowed", 405, "This address does not take this method.", "The Allow header lists what it takes."),
    ErrorCode("not_authenticated", 401, "The call needs to know who makes it.", "Send Authorization: Bearer with a key or a player token, or log in."),
    ErrorCode("not_found", 404, "There is nothing here, or nothing you may see.", "Check the address."),
    ErrorCode("not_oneself", 400, "Nobody follows or blocks themselves.", "Choose another player."),
    ErrorCode("notification_not_found", 404, "The player has no notification of unlocks with this number, or not of the token's game.", "Take the number from the list of notifications; those of other kinds stand for themselves."),
    ErrorCode("nothing_published", 409, "The game has no published achievement, so players would find an empty page.", "Publish one first."),
    ErrorCode("nothing_to_revoke", 404, "No unlock of this game matches.", "Check the player and the achievement."),
    ErrorCode("picture_refused", 400, "The picture can't be used.", "The detail says why: PNG, JPEG or WebP up to 2 MB."),
    ErrorCode("plan_changed", 409, "The game changed since the preview of the import.", "Look at the preview again."),
    ErrorCode("pictures_busy", 503, "One picture at a time is read in a process, and this one waited 5 seconds.", "Send it again after Retry-After."),
    ErrorCode("player_claimed", 409, "Somebody else logs in as the player of this link code.", "Log in with that account instead."),
    ErrorCode("player_merged", 409, "The player was linked with somebody's own before, who goes by another id now.", "Nothing is left to link. The detail has the id."),
    ErrorCode("player_not_found", 404, "No player has this id.", "Check the id."),
    ErrorCode("player_not_in_game", 404, "The key's game does not know this player.", "Create the player by external id first."),
    ErrorCode("player_not_ranked", 404, "The player has no points in this scope, window and region.", "Leave out the region or the window, or show them as unranked."),
    ErrorCode("rate_limited", 429, "The caller has made more calls than its limit within a minute.", "Wait for Retry-After. The RateLimit headers tell what is left."),
    ErrorCode("redis_unavailable", 503, "Redis did not answer, or is full and refused a write.", "Try again after Retry-After."),
    ErrorCode("revocation_unavailable", 503, "Redis did not answer, and could go on telling games of the revoked unlocks. Nothing was changed.", "Try again after Retry-After."),
    ErrorCode("revocation_under_way", 409, "The revocation is still being carried out.", "Read it until its state is revoked, then restore it."),
    ErrorCode("role_too_low", 403, "Your role in the studio does not let you do this.", "Ask an owner or admin of it."),
    ErrorCode("scope_missing", 403, "The API key lacks the scope of this call.", "Create a key with it in the portal, under Keys."),
    ErrorCode("set_by_server", 403, "Only the game's server may set this achievement.", "Report it with a server's key, or let clients set it in the portal."),
    ErrorCode("slug_fixed", 409, "The game is published, and people link to its address.", "Leave out the slug."),
    ErrorCode("slug_taken", 409, "Another game has this address.", "Choose another."),
    ErrorCode("sessions_unavailable", 503, "Log-ins are kept in Redis, which did not answer or is full. Nothing was changed.", "Try again after Retry-After, or call with a key or token."),
    ErrorCode("streams_unavailable", 503, "The server that answered runs under WSGI and can't stream.", "Connect to /ws/notifications/, or poll. Operators: route the stream's path to uvicorn, as /ws."),
    ErrorCode("tickets_unavailable", 503, "Socket tickets live in Redis, which did not answer.", "Try again after Retry-After."),
    ErrorCode("token_expired", 401, "The player token has run out.", "Have the game server mint a new one."),
    ErrorCode("too_many_announcements", 409, "The game's players have been told three things within 24 hours, which is the most.", "The detail says from when on the next may go out."),
    ErrorCode("too_many_boards", 409, "The player follows 100 boards, which is the most.", "Leave one to follow another."),
    ErrorCode("too_many_keys", 409, "The game has 20 keys in use.", "Revoke one that nothing uses."),
    ErrorCode("too_many_webhooks", 409, "The game has 10 webhook endpoints.", "Delete one that nothing listens at."),
    ErrorCode("unlocked_at_in_future", 400, "unlocked_at is over 5 minutes ahead.", "Check the clock, or leave it out."),
    ErrorCode("unlocked_at_too_old", 400, "unlocked_at is over 14 days ago.", "Offline play is taken up to 14 days back."),
    ErrorCode("unsupported_media_type", 415, "The body is not declared as JSON.", "Send Content-Type: application/json."),
    ErrorCode("webhook_disabled", 409, "The webhook endpoint is disabled, so nothing is sent to it.", "Enable it first."),
    ErrorCode("webhook_url_refused", 400, "Webhooks can't be sent to this URL.", "The detail says why: https, a name or address in its usual form, and public addresses only."),
    ErrorCode("window_not_closed", 404, "No window of this board closed that began on this day, or nobody was on it.", "Ask for `closed` to see which there are; a window closes an hour after its end."),
    ErrorCode("wrong_state", 409, "The achievement's state does not allow this.", "The detail says what can be done instead."),
)  # fmt: skip
