"""The site as it is served, each path behind its own middleware, and a path for each of its routes."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from achievements_site.wsgi import LEAN_PREFIXES
from apps.games.models import Game
from apps.players.models import Player

# The admin has the same eight routes for each model.
_IS_ONE_MORE_MODEL = re.compile(r"admin/(?!players/player/)\w+/\w+/")
ICON = "games/icons/0123456789abcdef0123.png"


class LeanClientHandler(ClientHandler):
    """As wsgi.LeanHandler."""

    def load_middleware(self, is_async: bool = False) -> None:
        with override_settings(MIDDLEWARE=settings.API_MIDDLEWARE):
            super().load_middleware(is_async)


class SiteClient(Client):
    """A visitor whose requests take the stack that wsgi.py has for their path."""

    def __init__(self, **options: Any) -> None:
        super().__init__(raise_request_exception=False, **options)
        self._full, self._lean = self.handler, LeanClientHandler(self.handler.enforce_csrf_checks)

    def request(self, **request: Any) -> Any:
        self.handler = self._lean if request["PATH_INFO"].startswith(LEAN_PREFIXES) else self._full
        return super().request(**request)


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """Yield every route of the site as it was written."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, prefix + str(item.pattern))
        else:
            yield prefix + str(item.pattern)


def paths(game: Game, player: Player) -> list[str]:
    """Return a path for each route, leading to something where a game and a player are enough for that."""
    values: dict[str, Any] = {
        **dict.fromkeys(("game", "game_id"), game.id),
        **dict.fromkeys(("player", "player_id"), player.id),
        "slug": game.slug,
        "handle": player.handle,
        "achievement": "ACH_NONE",
        "window": "week",
        "seq": 1,
        "opened_on": "2026-11-16",
        "external_id": "nobody",
        "path": ICON,
        "app_label": "players",
        "uidb36": "1",
    }
    return sorted({"/" + _filled(route, values) for route in routes() if not _IS_ONE_MORE_MODEL.match(route)})


def _filled(route: str, values: dict[str, Any]) -> str:
    plain = re.sub(r"\(\?P(<\w+>)[^()]*\)", r"\1", route).replace("^", "").removesuffix("$")
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: str(values.get(part[2], _any(part[1]))), plain)


def _any(converter: str) -> str:
    return str(UUID(int=7)) if converter == "uuid" else "7"
