"""Games, achievements, imports, keys and tokens as JSON."""

from collections.abc import Sequence
from typing import Any

from apps.core.media import media_url
from apps.games.definitions.content import (
    Content,
    FieldChange,
    drafted_content,
    live_content,
    pending_changes,
    was_published,
)
from apps.games.definitions.history import change_of
from apps.games.import_preview import ImportPlan
from apps.games.models import Achievement, ApiKey, HistoryEntry, ScheduledPublication, TokenGrant
from apps.games.queries import sets_of
from apps.players.bodies import player_token_body
from apps.players.tokens import TOKEN_SECONDS


def game_bodies(games: Sequence[Any]) -> list[dict[str, Any]]:
    """Return games of queries.counted_listed_games with their sets. One query."""
    sets = sets_of([game.id for game in games])
    return [game_body(game) | {"sets": list(map(set_body, sets[game.id]))} for game in games]


def set_body(found: Any) -> dict[str, Any]:
    """Return a set of queries.sets_of or managed_sets."""
    return {
        "key": found.key,
        "kind": found.kind,
        "title": found.title,
        "icon_url": media_url(found.icon) or None,
        "opens_at": found.opens_at,
        "closes_at": found.closes_at,
        "achievement_count": found.achievement_count,
        "points": found.points,
    }


def managed_set_body(found: Any) -> dict[str, Any]:
    """Return a set of queries.managed_sets."""
    return {"id": found.id, **set_body(found), "position": found.position, "created_at": found.created_at}


def game_body(game: Any) -> dict[str, Any]:
    """Return a game of queries.counted_listed_games, without its sets."""
    return {
        "id": game.id,
        "number": game.number,
        "slug": game.slug,
        "name": game.name,
        "tagline": game.tagline,
        "description": game.description,
        "accent": game.palette.get("accent", ""),
        "accent_dark": game.palette.get("accent_dark", ""),
        "cover_url": media_url(game.cover.name or "") or None,
        "achievement_count": game.achievement_count,
        "points": game.points,
        "player_count": game.player_count,
        "is_listed": game.is_listed,
        "has_modes": game.has_modes,
    }


def managed_game_body(game: Any) -> dict[str, Any]:
    """Return a game of queries.managed_games."""
    return game_body(game) | {
        "is_published": game.is_published,
        "points_budget": game.points_budget,
        "default_setter": game.default_setter,
        "trust": game.trust,
        "has_trusted_clients": game.has_trusted_clients,
        "is_ranking_clients": game.is_ranking_clients,
        "is_ranking_members": game.is_ranking_members,
        "created_at": game.created_at,
        "role": game.member_role or None,
    }


def managed_achievement_body(achievement: Achievement) -> dict[str, Any]:
    """Return an achievement of queries.managed_achievements: as it is drafted, with what is live beside it."""
    completion = getattr(achievement, "completion", None)
    publication: ScheduledPublication | None = getattr(achievement, "publication", None)
    return {
        "id": achievement.id,
        "number": achievement.number,
        **content_body(drafted_content(achievement)),
        "state": achievement.state,
        "position": achievement.position,
        "version": achievement.version,
        "unlock_count": 0 if completion is None else completion.unlock_count,
        "created_at": achievement.created_at,
        "published_at": achievement.published_at,
        "archived_at": achievement.archived_at,
        "live": content_body(live_content(achievement)) if was_published(achievement) else None,
        "changes": list(map(change_body, pending_changes(achievement))),
        "publication": None if publication is None else publication_body(publication),
    }


def content_body(content: Content) -> dict[str, Any]:
    """Return what an achievement says, by its members' names in the API."""
    definition = content.definition
    return {
        "key": definition.key,
        "name": definition.name,
        "description": definition.description,
        "points": definition.points,
        "hidden": definition.is_hidden,
        "kind": definition.kind,
        "target": definition.target,
        "setter": definition.setter,
        "set": definition.set,
        "icon_url": media_url(content.icon) or None,
        "locked_icon_url": media_url(content.icon_locked) or None,
    }


def change_body(change: FieldChange) -> dict[str, object]:
    before, after = change.urls if change.is_picture else (change.before, change.after)
    return {"member": change.name, "before": before, "after": after}


def publication_body(publication: ScheduledPublication) -> dict[str, Any]:
    is_refused = publication.refused_at is not None
    return {
        "id": publication.id,
        "achievement_id": publication.achievement_id,
        "publish_at": publication.publish_at,
        "created_by": publication.created_by or None,
        "created_at": publication.created_at,
        "refused_at": publication.refused_at,
        "refusal": {"code": publication.refusal_code, "detail": publication.refusal} if is_refused else None,
    }


def history_entry_body(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "achievement_id": entry.achievement_id,
        "act": entry.act,
        "by": entry.by or None,
        "at": entry.at,
        "due_at": entry.due_at,
        "changes": [change_body(change_of(stored)) for stored in entry.changes],
        "definition": None if entry.definition is None else content_body(Content.of(entry.definition)),
        "detail": entry.detail or None,
    }


def api_key_body(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "kind": key.kind,
        "name": key.name,
        "environment": key.environment,
        "scopes": key.scopes,
        "allowed_origins": key.allowed_origins,
        "text": key.text or None,
        "prefix": key.prefix,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def import_result_body(plan: ImportPlan, *, is_applied: bool) -> dict[str, object]:
    return {
        "applied": is_applied,
        "sets_created": [item.definition.key for item in plan.sets if item.set_id is None],
        "sets_changed": [item.definition.key for item in plan.sets if item.set_id is not None],
        "created": [item.definition.key for item in plan.created],
        "changed": [
            {
                "key": item.definition.key,
                "changes": list(map(change_body, item.changes)),
                "live": item.goes_live,
            }
            for item in plan.changed
        ],
        "unchanged": [definition.key for definition in plan.unchanged],
        "missing": [definition.key for definition in plan.missing],
        "points_before": plan.points_before,
        "points_after": plan.points_after,
        "points_budget": plan.points_budget,
    }


def minted_token_body(grant: TokenGrant, token: str) -> dict[str, object]:
    shown = player_token_body(token, expires_in=TOKEN_SECONDS, player_id=grant.player_id, game_id=grant.game_id)
    return {"id": grant.id, **shown}


def living_token_body(grant: TokenGrant) -> dict[str, object]:
    return {name: getattr(grant, name) for name in ("id", "game_id", "created_at", "expires_at")}
