"""A furnished Laurel for the browser: a game in colour, players with history, a player and a studio to log in as."""

import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import orjson
from django.test import override_settings
from PIL import Image, ImageDraw

from apps.analytics.counters.completion_rates import refresh_completion_rates
from apps.core.clock import now
from apps.core.ids import NIL
from apps.games.actions import edit_achievement, schedule_publication
from apps.games.definitions.content import definition_of
from apps.games.icons import locked_variant, store_cover, store_icon, to_cover, to_icon
from apps.games.models import Achievement, Game, ScheduledPublication
from apps.leaderboards.boards.board import PLATFORM_ID
from apps.leaderboards.models import BoardFollow
from apps.notifications.models import Announcement
from apps.players.models import Device, Player, Rename
from tests.browser.webhooks import show_webhooks
from tests.factories import (
    make_account,
    make_achievement,
    make_device,
    make_game,
    make_key,
    make_player,
    make_publishable_key,
    make_set,
    make_studio,
)
from tests.live import is_outbox_empty, wait_until
from tests.supervised import Stack

PASSWORD = "correct horse battery"
# 24 players: past the 20 from which achievements have a tier. How many of them hold each achievement, so that the
# tiers are common, uncommon, rare, and the last, which nobody holds, legendary.
NAMES = ("Adaeze", "Bjorn", "Camila", "Dmitri", "Emile", "Farah", "Goro", "Hana", "Ivo", "Jonas", "Kiri", "Lars")
HELD_BY = {"ACH_FIRST_LIGHT": 24, "ACH_WARM_HANDS": 11, "ACH_LONG_NIGHT": 3, "ACH_DEEP_CELLAR": 1, "ACH_EMBER_SAINT": 0}
POINTS = (10, 15, 40, 60, 100)


@dataclass(frozen=True, slots=True)
class Room:
    """What the tests talk about."""

    stack: Stack
    game: Game
    draft: Game
    # With webhooks.
    webhook_game: Game
    live_key: str
    players: Sequence[Player]
    achievements: dict[str, Achievement]
    player_email: str
    studio_email: str

    def report(self, player: Player, key: str) -> None:
        """Report an unlock as a game server does, and wait for nothing."""
        self.report_all([(player, key)])

    def report_all(self, unlocks: Sequence[tuple[Player, str]]) -> None:
        body = orjson.dumps(
            {"unlocks": [{"player_id": str(player.id), "achievement_id": key} for player, key in unlocks]}
        )
        request = urllib.request.Request(
            f"{self.stack.base_url}/api/v1/achievements/unlock/batch",
            data=body,
            headers={"Authorization": f"Bearer {self.live_key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            results = orjson.loads(response.read())["results"]
        assert [result["status"] for result in results] == [201] * len(unlocks)


def furnish(stack: Stack) -> Room:
    """Make the rows and pictures, then report the history over HTTP and wait until the relay has carried it out."""
    viewer = make_account(email="mira@example.com", password=PASSWORD)
    owner = make_account(email="owner@example.com", password=PASSWORD)
    studio = make_studio(owner=owner, name="Night Harbour")
    with override_settings(MEDIA_ROOT=str(stack.home / "media")):
        game = _make_game(studio)
        achievements = {key: _make_achievement(game, number, key) for number, key in enumerate(HELD_BY)}
    make_achievement(game, key="ACH_SECRET_DOOR", name="The Secret Door", is_hidden=True, position=8)
    make_achievement(
        game, key="ACH_THOUSAND_STEPS", name="A Thousand Steps", kind="incremental", target=1000, position=9
    )
    draft = make_game(studio=studio, slug="unsent-letters", name="Unsent Letters", is_published=False)
    _fill(draft)
    mira = make_player(handle="mira", display_name="Mira Okafor", account=viewer)
    players = [mira, *(make_player(handle=f"{name.lower()}{n}", display_name=name) for n in (1, 2) for name in NAMES)][
        :24
    ]
    Device.objects.filter(pk=make_device(mira, game).pk).update(name="Mira's telephone")
    Rename.objects.create(player=mira, handle="mira-of-old", held_until=now() + timedelta(days=60))
    webhook_game = show_webhooks(studio)
    room = Room(stack, game, draft, webhook_game, make_key(game), players, achievements, viewer.email, owner.email)
    room.report_all([(player, key) for key, count in HELD_BY.items() for player in players[:count]])
    wait_until(lambda: is_outbox_empty(stack), "the history is carried out")
    refresh_completion_rates()
    _announce(game)
    _draft(achievements["ACH_FIRST_LIGHT"])
    BoardFollow.objects.create(player=mira, scope_id=PLATFORM_ID, window="month")
    return room


def _draft(achievement: Achievement) -> None:
    """Change what is live in a draft that is to be published, after a publication of everything was refused."""
    definition = replace(
        definition_of(achievement), name="The First Light of All", description="Before dawn.", points=12
    )
    edit_achievement(achievement=achievement, definition=definition, icon=achievement.icon_locked)
    schedule_publication(game=achievement.game, achievement=achievement, publish_at=now() + timedelta(days=30))
    why = 'The set "Base game" would have 1,100 points in all; its budget is 1,000.'
    ScheduledPublication.objects.create(
        game=achievement.game, publish_at=now(), refused_at=now(), refusal_code="budget_exceeded", refusal=why
    )


def _fill(draft: Game) -> None:
    """Make one of each that a portal's tables show: states, sets, and kinds of keys."""
    make_achievement(draft, key="ACH_DRAFT", name="A Draft", state="draft")
    letters = make_set(draft, key="return-post", title="Return Post")
    make_achievement(draft, key="ACH_ANSWER", name="An Answer", achievement_set=letters, is_hidden=True)
    make_achievement(draft, key="ACH_BURNT", name="Burnt", state="archived")
    make_key(draft)
    make_publishable_key(draft, "test", "https://play.night-harbour.example")
    make_key(draft, "test", revoked_at=now())


def _announce(game: Game) -> None:
    """Create announcements that have been sent, so that nobody's inbox moves under the tests."""
    columns: dict[str, Any] = {"game": game, "created_by": f"account:{NIL}", "audience_count": 24}
    text = "Six new achievements wait under the ice.\n\nWhoever plays before the thaw keeps the lantern."
    Announcement.objects.create(
        **columns,
        title="The pond party",
        text="It was cancelled.",
        passed_count=9,
        notified_count=9,
        withdrawn_at=now(),
    )
    Announcement.objects.create(
        **columns,
        title="The winter update is here",
        text=text,
        link="https://night-harbour.example/ember-hollow/patch-notes/the-winter-update-of-this-year",
        passed_count=24,
        notified_count=22,
    )


def _make_game(studio: object) -> Game:
    cover = BytesIO()
    Image.linear_gradient("L").resize((1280, 720)).save(cover, "PNG")
    return make_game(
        studio=studio,
        slug="ember-hollow",
        name="Ember Hollow",
        tagline="Keep the last fire alive through a winter that listens.",
        description="The village has one fire, and the winter has begun to answer back.",
        palette={"accent": "#b4532a", "accent_dark": "#f08a5d"},
        cover=store_cover(to_cover(cover.getvalue())),
    )


def _make_achievement(game: Game, number: int, key: str) -> Achievement:
    icon = to_icon(_picture(number))
    return make_achievement(
        game,
        key=key,
        name=key.removeprefix("ACH_").replace("_", " ").capitalize(),
        description="Do what the village has not done before.",
        points=POINTS[number],
        position=number,
        icon=store_icon(icon),
        icon_locked=store_icon(locked_variant(icon)),
    )


def _picture(number: int) -> bytes:
    image = Image.new("RGB", (128, 128), (180 - 30 * number, 83, 42 + 40 * number))
    ImageDraw.Draw(image).ellipse((30 + 4 * number, 30, 98, 98 - 4 * number), fill="#fff6df")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
