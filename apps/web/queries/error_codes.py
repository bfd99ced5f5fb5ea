"""The error codes of problems: the page that a problem's `type` links to."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A stable code, its status, and what to do about it."""

    code: str
    status: int
    meaning: Promise
    remedy: Promise


# One line per code reads as a table.
# ruff: noqa: E501
ERROR_CODES = (
    ErrorCode("account_deactivated", 403, _("The player's account is deactivated: no key may act for it. Reported unlocks still count."), _("Log the player out in the game; the site's operator can reactivate the account.")),
    ErrorCode("achievement_archived", 409, _("The achievement is archived and can't be earned any more."), _("Drop the report. Earlier unlocks stay.")),
    ErrorCode("achievement_not_found", 404, _("The key's game has no achievement with this id or key."), _("Check the id in the portal; a key reports for its own game only.")),
    ErrorCode("achievement_not_incremental", 409, _("The achievement has no steps."), _("Unlock it, or make it incremental in the portal.")),
    ErrorCode("achievement_not_published", 409, _("The achievement is a draft and the key is live."), _("Publish it, or use a test key.")),
    ErrorCode("already_announced", 409, _("The game's players are being sent this announcement, or received it within the last 24 hours."), _("There is nothing to do.")),
    ErrorCode("already_linked", 409, _("The link code belongs to your own player."), _("There is nothing to do.")),
    ErrorCode("already_restored", 409, _("These unlocks are already restored."), _("There is nothing to do.")),
    ErrorCode("bad_request", 400, _("The request is malformed."), _("Check the URL and the headers.")),
    ErrorCode("batch_too_large", 400, _("More than 1,000 reports in one batch."), _("Split it.")),
    ErrorCode("board_page_unavailable", 503, _("While boards are rebuilt, only their first 10,000 places can be read."), _("Try again after Retry-After, or read an earlier page.")),
    ErrorCode("body_too_large", 413, _("The body is over 1 MB."), _("Split the batch.")),
    ErrorCode("body_too_slow", 408, _("The body did not arrive in time."), _("Send it again; nothing was recorded.")),
    ErrorCode("budget_exceeded", 409, _("The game's achievements would exceed its points budget."), _("Use fewer points, archive an achievement, or raise the budget.")),
    ErrorCode("busy", 503, _("Too many requests are waiting."), _("Send the same request again after Retry-After.")),
    ErrorCode("caller_not_allowed", 403, _("Your kind of credentials may not call this."), _("The detail names who may call: keys, player tokens or people who log in.")),
    ErrorCode("csrf_failed", 403, _("A change by a browser session lacks its CSRF token."), _("Send the csrftoken cookie's value as X-CSRFToken, or use a key or token.")),
    ErrorCode("database_unavailable", 503, _("The database did not respond in time. The request may or may not have been recorded."), _("Send the same request again after Retry-After; repeating it is harmless.")),
    ErrorCode("disk_full", 503, _("The server's disk is full. Nothing was recorded."), _("Send the same request again after Retry-After; its operator sees it at /health/.")),
    ErrorCode("ended_at_out_of_range", 400, _("ended_at is over 14 days ago, or over 5 minutes in the future."), _("Check the clock, or leave it out.")),
    ErrorCode("external_id_invalid", 400, _("The external id is too long, or contains unprintable characters."), _("Use 1 to 100 printable characters, percent-encoded in the URL, and not only dots.")),
    ErrorCode("external_id_unknown", 404, _("The key's game has no player with this external id."), _("PUT the same URL to create them.")),
    ErrorCode("forbidden", 403, _("You don't have permission to do this."), _("Ask the owner of the studio.")),
    ErrorCode("game_not_found", 404, _("No published game has this id."), _("Check the id in the portal.")),
    ErrorCode("game_not_published", 409, _("The game is not published: it accepts no live unlocks, progress or play time, and can't send announcements."), _("Publish it in the portal; for tests, report with a test key.")),
    ErrorCode("handle_reserved", 409, _("The handle, or one that looks like it, belongs to the site: an address, or a role such as admin."), _("Choose another, or leave it out.")),
    ErrorCode("handle_taken", 409, _("Another player has this handle, gave it up within 90 days, or has one that looks like it."), _("Choose another, or leave it out.")),
    ErrorCode("head_too_large", 431, _("The request's line and headers are over 16 kB together."), _("Send fewer and shorter cookies and headers.")),
    ErrorCode("head_too_slow", 408, _("The request's headers did not arrive within ten seconds."), _("Send the request again; nothing was recorded.")),
    ErrorCode("https_required", 403, _("The server requires https, and the request used plain http."), _("Use https://, and replace the key that was sent: others may have read it.")),
    ErrorCode("idempotency_key_in_use", 409, _("A request with this Idempotency-Key is still running."), _("Try again after Retry-After to get its response.")),
    ErrorCode("idempotency_key_reused", 422, _("The Idempotency-Key was used with another body."), _("Use a new key for a new request.")),
    ErrorCode("import_refused", 400, _("The document has errors; nothing was changed."), _("errors[] points at each of them.")),
    ErrorCode("internal_error", 500, _("Something went wrong on our side."), _("Try again, and quote the request id when you report it.")),
    ErrorCode("invalid", 400, _("A member or parameter is missing or wrong."), _("errors[] points at each of them.")),
    ErrorCode("invalid_cursor", 400, _("The cursor is not from a page of this list."), _("Use the one in next or previous, unchanged; or start again without a cursor.")),
    ErrorCode("invalid_key", 401, _("The API key is missing or unknown."), _("Send Authorization: Bearer with a key from the portal, under Keys.")),
    ErrorCode("invalid_ticket", 401, _("The ticket is used, over 30 seconds old, or invalid."), _("Get a new one for each connection.")),
    ErrorCode("invalid_token", 401, _("The player token is invalid."), _("Have the game server create a new one.")),
    ErrorCode("key_revoked", 401, _("The API key was revoked."), _("Create a new one in the portal, under Keys.")),
    ErrorCode("key_taken", 409, _("Another achievement of the game has this key."), _("Choose another.")),
    ErrorCode("link_code_unknown", 404, _("The link code is mistyped, used, or over ten minutes old."), _("Have the game show a new one.")),
    ErrorCode("link_codes_unavailable", 503, _("Link codes are stored in Redis, which did not respond."), _("Try again after Retry-After.")),
    ErrorCode("live_key_needed", 403, _("This call has no test data."), _("Use a live key.")),
    ErrorCode("malformed_body", 400, _("The body is not valid gzip."), _("Compress it again, or send it uncompressed.")),
    ErrorCode("malformed_json", 400, _("The body is not valid JSON."), _("The detail names the line and column.")),
    ErrorCode("method_not_allowed", 405, _("This URL doesn't support this method."), _("The Allow header lists the supported ones.")),
    ErrorCode("not_authenticated", 401, _("This call needs credentials."), _("Send Authorization: Bearer with a key or a player token, or log in.")),
    ErrorCode("not_found", 404, _("This doesn't exist, or you may not see it."), _("Check the URL.")),
    ErrorCode("not_oneself", 400, _("Players can't follow or block themselves."), _("Choose another player.")),
    ErrorCode("notification_not_found", 404, _("The player has no notification about unlocks with this number, or it is about another game than the token's."), _("Use the number from the list of notifications; other kinds have no items.")),
    ErrorCode("nothing_published", 409, _("The game has no published achievement, so its page would be empty."), _("Publish one first.")),
    ErrorCode("nothing_to_revoke", 404, _("No unlock in this game matches."), _("Check the player and the achievement.")),
    ErrorCode("picture_refused", 400, _("The picture can't be used."), _("The detail says why: PNG, JPEG or WebP up to 2 MB.")),
    ErrorCode("plan_changed", 409, _("The game has changed since the import's preview."), _("Preview it again.")),
    ErrorCode("pictures_busy", 503, _("A process decodes one picture at a time, and this one waited for 5 seconds."), _("Send it again after Retry-After.")),
    ErrorCode("player_claimed", 409, _("The link code's player belongs to another account."), _("Log in with that account instead.")),
    ErrorCode("player_has_account", 409, _("The player has an account: only they can change their profile."), _("Show the game's own name for the player in the game, or ask them to change it here.")),
    ErrorCode("player_merged", 409, _("The player was linked earlier and has another id now."), _("There is nothing left to link. The detail has the new id.")),
    ErrorCode("player_not_found", 404, _("No player has this id, or the player is private or unknown to the key's game."), _("Check the id, and whether the caller may see the player.")),
    ErrorCode("player_not_in_game", 404, _("The key's game doesn't have this player."), _("Create the player by external id first.")),
    ErrorCode("player_not_ranked", 404, _("The player has no points in this scope, window and region."), _("Omit the region or the window, or show them as unranked.")),
    ErrorCode("rate_limited", 429, _("The caller exceeded its limit of calls per minute."), _("Wait for Retry-After. The RateLimit headers show what is left.")),
    ErrorCode("redis_unavailable", 503, _("Redis did not respond, or is full and refused a write."), _("Try again after Retry-After.")),
    ErrorCode("renamed_too_often", 429, _("A handle changed three times within 30 days, or a player with an account changed their name ten times within a day."), _("Wait for Retry-After.")),
    ErrorCode("revocation_unavailable", 503, _("Redis did not respond, and could still confirm the revoked unlocks to games. Nothing was changed."), _("Try again after Retry-After.")),
    ErrorCode("revocation_under_way", 409, _("The revocation is still running."), _("Wait until its state is revoked, then restore it.")),
    ErrorCode("role_too_low", 403, _("Your role in the studio doesn't allow this."), _("Ask one of its owners or admins.")),
    ErrorCode("scope_missing", 403, _("The API key lacks the scope of this call."), _("Create a key with it in the portal, under Keys.")),
    ErrorCode("set_by_server", 403, _("Only the game's server may report this achievement."), _("Report it with a server's key, or allow clients in the portal.")),
    ErrorCode("slug_fixed", 409, _("The game is published, and people link to its URL."), _("Omit the slug.")),
    ErrorCode("slug_taken", 409, _("Another game has this slug."), _("Choose another.")),
    ErrorCode("sessions_unavailable", 503, _("Sessions are stored in Redis, which did not respond or is full. Nothing was changed."), _("Try again after Retry-After, or call with a key or token.")),
    ErrorCode("streams_unavailable", 503, _("The responding server runs under WSGI and can't stream."), _("Connect to /ws/notifications/, or poll. Operators: route the stream's path to uvicorn, as /ws.")),
    ErrorCode("tickets_unavailable", 503, _("Socket tickets are stored in Redis, which did not respond."), _("Try again after Retry-After.")),
    ErrorCode("token_expired", 401, _("The player token has expired."), _("Have the game server create a new one.")),
    ErrorCode("token_not_found", 404, _("You have no valid player token with this id."), _("List your tokens; expired ones are not included.")),
    ErrorCode("token_revoked", 401, _("The player token was revoked, or its source has ended: a log-in, password, account or player."), _("Log in again, or have the game server create a new one.")),
    ErrorCode("too_many_announcements", 409, _("The game has sent three announcements within 24 hours, the maximum."), _("The detail says when the next one may be sent.")),
    ErrorCode("too_many_boards", 409, _("The player follows 100 leaderboards, the maximum."), _("Unfollow one to follow another.")),
    ErrorCode("too_many_keys", 409, _("The game has 20 keys in use."), _("Revoke an unused one.")),
    ErrorCode("too_many_webhooks", 409, _("The game has 10 webhook endpoints."), _("Delete an unused one.")),
    ErrorCode("unlocked_at_in_future", 400, _("unlocked_at is over 5 minutes in the future."), _("Check the clock, or leave it out.")),
    ErrorCode("unlocked_at_too_old", 400, _("unlocked_at is over 14 days ago."), _("Offline play is accepted up to 14 days back.")),
    ErrorCode("unsupported_content_encoding", 415, _("The body's Content-Encoding is not supported."), _("Send it uncompressed, or with Content-Encoding: gzip.")),
    ErrorCode("unsupported_media_type", 415, _("The body is not declared as JSON."), _("Send Content-Type: application/json.")),
    ErrorCode("webhook_disabled", 409, _("The webhook endpoint is disabled, so it receives no events."), _("Enable it first.")),
    ErrorCode("webhook_url_refused", 400, _("Webhooks can't be sent to this URL."), _("The detail says why: https, a host in its usual form, and public addresses only.")),
    ErrorCode("window_not_closed", 404, _("No closed window of this board began on this day, or it was empty."), _("`closed` lists them; a window closes an hour after its end.")),
    ErrorCode("wrong_state", 409, _("The achievement's state does not allow this."), _("The detail says what can be done instead.")),
)  # fmt: skip
