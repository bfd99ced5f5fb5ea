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
    ErrorCode("account_deactivated", 403, _("The player's account is deactivated: no key acts in its place. What the player earns counts as before."), _("Log the player out in the game; the site's operator can activate the account again.")),
    ErrorCode("achievement_archived", 409, _("The achievement is archived and can't be earned any more."), _("Drop the report. Unlocks from before stay.")),
    ErrorCode("achievement_not_found", 404, _("The key's game has no achievement with this id or key."), _("Compare the id with the portal; a key reports for its own game only.")),
    ErrorCode("achievement_not_incremental", 409, _("The achievement has no steps: it is earned at once."), _("Unlock it, or make it incremental in the portal.")),
    ErrorCode("achievement_not_published", 409, _("The achievement is a draft and the key is live."), _("Publish it, or use a test key.")),
    ErrorCode("already_announced", 409, _("The game's players are being told, or were told within 24 hours, exactly this."), _("Nothing is left to do.")),
    ErrorCode("already_linked", 409, _("The link code is of the player whom you log in as already."), _("Nothing is left to do.")),
    ErrorCode("already_restored", 409, _("These unlocks have been restored before."), _("Nothing is left to do.")),
    ErrorCode("bad_request", 400, _("The request could not be read at all."), _("Check the URL and the headers.")),
    ErrorCode("batch_too_large", 400, _("More than 1,000 reports in one batch."), _("Split it.")),
    ErrorCode("board_page_unavailable", 503, _("Boards are being rebuilt; until then only their first 10,000 places can be read."), _("Try again after Retry-After, or read an earlier page.")),
    ErrorCode("body_too_large", 413, _("The body is over 1 MB."), _("Split the batch.")),
    ErrorCode("body_too_slow", 408, _("The body did not arrive within the time a request may take."), _("Send it again; nothing was recorded.")),
    ErrorCode("budget_exceeded", 409, _("The points of the game's achievements would pass its budget."), _("Give fewer points, archive an achievement, or raise the budget.")),
    ErrorCode("busy", 503, _("More requests are waiting than can be served soon."), _("Send the same request again after Retry-After.")),
    ErrorCode("caller_not_allowed", 403, _("This call is not for your kind of credentials."), _("The detail names who may call: keys, player tokens or people who log in.")),
    ErrorCode("csrf_failed", 403, _("A change with a browser's session came without its CSRF token."), _("Send the csrftoken cookie's value as X-CSRFToken, or use a key or token.")),
    ErrorCode("database_unavailable", 503, _("The database did not answer in time. What was sent may have been recorded, or not."), _("Send the same request again after Retry-After; repeats are harmless.")),
    ErrorCode("disk_full", 503, _("The server's disk is full. Nothing was recorded."), _("Send the same request again after Retry-After; its operator sees it at /health/.")),
    ErrorCode("ended_at_out_of_range", 400, _("ended_at is over 14 days ago, or over 5 minutes ahead."), _("Check the clock, or leave it out.")),
    ErrorCode("external_id_invalid", 400, _("The external id is too long, or holds characters that nobody can read."), _("Use 1 to 100 printable characters, percent-encoded in the address, and not dots alone.")),
    ErrorCode("external_id_unknown", 404, _("The key's game knows nobody by this external id."), _("PUT the same address to create them.")),
    ErrorCode("forbidden", 403, _("You may not do this."), _("Ask the owner of the studio.")),
    ErrorCode("game_not_found", 404, _("No published game has this id."), _("Compare the id with the portal.")),
    ErrorCode("game_not_published", 409, _("The game is not published: it takes no live unlocks, progress and play time, and its players can't be told anything."), _("Publish it in the portal; to try things out, report with a test key.")),
    ErrorCode("handle_taken", 409, _("Another player has this handle."), _("Choose another, or leave it out.")),
    ErrorCode("head_too_large", 431, _("The request's line and headers are over 16 kB together."), _("Send fewer and shorter cookies and headers.")),
    ErrorCode("head_too_slow", 408, _("The request's headers did not arrive within ten seconds."), _("Send the request again; nothing was recorded.")),
    ErrorCode("https_required", 403, _("The server is called by https alone, and the call came in the clear."), _("Call https://, and replace the key that the call carried: others may have read it.")),
    ErrorCode("idempotency_key_in_use", 409, _("A request with this Idempotency-Key is under way."), _("Try again after Retry-After; you get its answer.")),
    ErrorCode("idempotency_key_reused", 422, _("The Idempotency-Key came with another body before."), _("Use a new key for a new request.")),
    ErrorCode("import_refused", 400, _("Something in the document is wrong; nothing was changed."), _("errors[] points at each place.")),
    ErrorCode("internal_error", 500, _("Something failed on our side."), _("Try again, and quote the request id when you report it.")),
    ErrorCode("invalid", 400, _("A member or parameter is missing or wrong."), _("errors[] points at each of them.")),
    ErrorCode("invalid_cursor", 400, _("The cursor is not from a page of this list."), _("Take it from next or previous, unchanged; or start again without it.")),
    ErrorCode("invalid_key", 401, _("There is no API key, or nobody knows it."), _("Send Authorization: Bearer with a key from the portal, under Keys.")),
    ErrorCode("invalid_ticket", 401, _("The ticket is used, over 30 seconds old, or not one of ours."), _("Get a new one for each connection.")),
    ErrorCode("invalid_token", 401, _("The player token is not one of ours."), _("Have the game server mint a new one.")),
    ErrorCode("key_revoked", 401, _("The API key was revoked."), _("Create a new one in the portal, under Keys.")),
    ErrorCode("key_taken", 409, _("Another achievement of the game has this key."), _("Choose another.")),
    ErrorCode("link_code_unknown", 404, _("The link code is mistyped, used, or over ten minutes old."), _("Have the game show a new one.")),
    ErrorCode("link_codes_unavailable", 503, _("Link codes live in Redis, which did not answer."), _("Try again after Retry-After.")),
    ErrorCode("live_key_needed", 403, _("There is no test data behind this call."), _("Use a live key.")),
    ErrorCode("malformed_body", 400, _("The body is not whole gzip."), _("Compress it again, or send it as it is.")),
    ErrorCode("malformed_json", 400, _("The body is not valid JSON."), _("The detail names the line and column.")),
    ErrorCode("method_not_allowed", 405, _("This address does not take this method."), _("The Allow header lists what it takes.")),
    ErrorCode("not_authenticated", 401, _("The call needs to know who makes it."), _("Send Authorization: Bearer with a key or a player token, or log in.")),
    ErrorCode("not_found", 404, _("There is nothing here, or nothing you may see."), _("Check the address.")),
    ErrorCode("not_oneself", 400, _("Nobody follows or blocks themselves."), _("Choose another player.")),
    ErrorCode("notification_not_found", 404, _("The player has no notification of unlocks with this number, or not of the token's game."), _("Take the number from the list of notifications; those of other kinds stand for themselves.")),
    ErrorCode("nothing_published", 409, _("The game has no published achievement, so players would find an empty page."), _("Publish one first.")),
    ErrorCode("nothing_to_revoke", 404, _("No unlock of this game matches."), _("Check the player and the achievement.")),
    ErrorCode("picture_refused", 400, _("The picture can't be used."), _("The detail says why: PNG, JPEG or WebP up to 2 MB.")),
    ErrorCode("plan_changed", 409, _("The game changed since the preview of the import."), _("Look at the preview again.")),
    ErrorCode("pictures_busy", 503, _("One picture at a time is read in a process, and this one waited 5 seconds."), _("Send it again after Retry-After.")),
    ErrorCode("player_claimed", 409, _("Somebody else logs in as the player of this link code."), _("Log in with that account instead.")),
    ErrorCode("player_merged", 409, _("The player was linked with somebody's own before, who goes by another id now."), _("Nothing is left to link. The detail has the id.")),
    ErrorCode("player_not_found", 404, _("No player has this id."), _("Check the id.")),
    ErrorCode("player_not_in_game", 404, _("The key's game does not know this player."), _("Create the player by external id first.")),
    ErrorCode("player_not_ranked", 404, _("The player has no points in this scope, window and region."), _("Leave out the region or the window, or show them as unranked.")),
    ErrorCode("rate_limited", 429, _("The caller has made more calls than its limit within a minute."), _("Wait for Retry-After. The RateLimit headers tell what is left.")),
    ErrorCode("redis_unavailable", 503, _("Redis did not answer, or is full and refused a write."), _("Try again after Retry-After.")),
    ErrorCode("revocation_unavailable", 503, _("Redis did not answer, and could go on telling games of the revoked unlocks. Nothing was changed."), _("Try again after Retry-After.")),
    ErrorCode("revocation_under_way", 409, _("The revocation is still being carried out."), _("Read it until its state is revoked, then restore it.")),
    ErrorCode("role_too_low", 403, _("Your role in the studio does not let you do this."), _("Ask an owner or admin of it.")),
    ErrorCode("scope_missing", 403, _("The API key lacks the scope of this call."), _("Create a key with it in the portal, under Keys.")),
    ErrorCode("set_by_server", 403, _("Only the game's server may set this achievement."), _("Report it with a server's key, or let clients set it in the portal.")),
    ErrorCode("slug_fixed", 409, _("The game is published, and people link to its address."), _("Leave out the slug.")),
    ErrorCode("slug_taken", 409, _("Another game has this address."), _("Choose another.")),
    ErrorCode("sessions_unavailable", 503, _("Log-ins are kept in Redis, which did not answer or is full. Nothing was changed."), _("Try again after Retry-After, or call with a key or token.")),
    ErrorCode("streams_unavailable", 503, _("The server that answered runs under WSGI and can't stream."), _("Connect to /ws/notifications/, or poll. Operators: route the stream's path to uvicorn, as /ws.")),
    ErrorCode("tickets_unavailable", 503, _("Socket tickets live in Redis, which did not answer."), _("Try again after Retry-After.")),
    ErrorCode("token_expired", 401, _("The player token has run out."), _("Have the game server mint a new one.")),
    ErrorCode("token_not_found", 404, _("You have no player token with this id that is good."), _("List your tokens; those that have run out are not among them.")),
    ErrorCode("token_revoked", 401, _("The player token was revoked, or what it came from has ended: a log-in, password, account or player."), _("Log in again, or have the game server mint a new one.")),
    ErrorCode("too_many_announcements", 409, _("The game's players have been told three things within 24 hours, which is the most."), _("The detail says from when on the next may go out.")),
    ErrorCode("too_many_boards", 409, _("The player follows 100 boards, which is the most."), _("Leave one to follow another.")),
    ErrorCode("too_many_keys", 409, _("The game has 20 keys in use."), _("Revoke one that nothing uses.")),
    ErrorCode("too_many_webhooks", 409, _("The game has 10 webhook endpoints."), _("Delete one that nothing listens at.")),
    ErrorCode("unlocked_at_in_future", 400, _("unlocked_at is over 5 minutes ahead."), _("Check the clock, or leave it out.")),
    ErrorCode("unlocked_at_too_old", 400, _("unlocked_at is over 14 days ago."), _("Offline play is taken up to 14 days back.")),
    ErrorCode("unsupported_content_encoding", 415, _("The body is packed in a way that is not taken here."), _("Send it as it is, or with Content-Encoding: gzip.")),
    ErrorCode("unsupported_media_type", 415, _("The body is not declared as JSON."), _("Send Content-Type: application/json.")),
    ErrorCode("webhook_disabled", 409, _("The webhook endpoint is disabled, so nothing is sent to it."), _("Enable it first.")),
    ErrorCode("webhook_url_refused", 400, _("Webhooks can't be sent to this URL."), _("The detail says why: https, a name or address in its usual form, and public addresses only.")),
    ErrorCode("window_not_closed", 404, _("No window of this board closed that began on this day, or nobody was on it."), _("Ask for `closed` to see which there are; a window closes an hour after its end.")),
    ErrorCode("wrong_state", 409, _("The achievement's state does not allow this."), _("The detail says what can be done instead.")),
)  # fmt: skip
