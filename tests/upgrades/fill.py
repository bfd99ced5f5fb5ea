"""Fill a database of commit ad0e489 with a bit of everything, for the dump beside this file.

In a checkout of that commit, DATABASE_URL naming an empty database:

    python manage.py migrate
    python manage.py shell < fill.py
    pg_dump --inserts --no-owner --no-privileges $DATABASE_URL | grep -v 'restrict ' | gzip -9n > ad0e489.sql.gz
"""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from apps.core.background.relay import run_steps_until_empty
from apps.games.auth import keys
from apps.games.models import Achievement, ApiKey, Game, Studio
from apps.players.models import Account, Follow, Player
from apps.unlocks.actions import record_progress, record_unlocks
from apps.unlocks.reports import ProgressReport, Report, Verb
from apps.webhooks.actions import create_endpoint
from apps.webhooks.event_types import CHOICES

OURS = ("core", "players", "games", "unlocks", "leaderboards", "notifications", "webhooks", "analytics")
KEY = "lk_live_" + "upgrade" * 6
# What a constraint requires.
SPECIAL = {"Block": {"blocked_id": UUID(int=3)}, "Revocation": {"player_id": UUID(int=1)}}
VALUES = {
    "UUIDField": UUID(int=1),
    "DateTimeField": datetime(2026, 11, 28, 1, tzinfo=UTC),
    "DateField": date(2026, 11, 1),
    "CharField": "live",
    "TextField": "live",
    "JSONField": {},
    "BinaryField": b"live",
    "BooleanField": False,
    "ArrayField": [],
}
MOMENTS = {"OCTOBER": datetime(2026, 10, 14, 9, 30, tzinfo=UTC), "NOVEMBER": datetime(2026, 11, 28, 18, 5, tzinfo=UTC)}


def fill() -> None:
    game, players = _game(), _players()
    achievements = {
        name: Achievement.objects.create(
            id=UUID(int=0xA0 + number), game=game, key=f"ACH_{name}", name=name, points=10 * number, state="published"
        )
        for number, name in enumerate((*MOMENTS, "LATE", "STEPS"), start=1)
    }
    Achievement.objects.filter(key="ACH_STEPS").update(kind="incremental", target=10)
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    create_endpoint(game=game, url="https://127.0.0.1/hook", event_types=list(CHOICES))
    Follow.objects.create(follower=players[1], followed=players[0])
    for name, moment in MOMENTS.items():
        with time_machine.travel(moment):
            record_unlocks(reports=[Report(game.id, p.id, achievements[name].id, None, None) for p in players])
            run_steps_until_empty()
    record_unlocks(reports=[Report(game.id, players[0].id, achievements["LATE"].id, None, None)], is_test=True)
    for is_test in (False, True):
        steps = ProgressReport(game.id, players[0].id, achievements["STEPS"].id, None, None)
        steps.verb, steps.steps, steps.request_id = Verb.INCREMENT, 3, "first"
        record_progress(reports=[steps], is_test=is_test)
    run_steps_until_empty()
    call_command("run_jobs")
    record_unlocks(reports=[Report(game.id, players[0].id, achievements["LATE"].id, None, None)])
    for model in apps.get_models():
        if model._meta.app_label in OURS and model._meta.managed and not model._default_manager.exists():
            model._default_manager.create(**{**_values(model), **SPECIAL.get(model.__name__, {})})


def _game() -> Game:
    studio = Studio.objects.create(slug="north", name="North")
    game = Game.objects.create(id=UUID(int=0x6A), studio=studio, slug="ascent", name="Ascent", is_published=True)
    ApiKey.objects.create(game=game, name="Server", environment="live", prefix=KEY[:12], digest=keys.digest_of(KEY))
    return game


def _players() -> list[Player]:
    people = []
    for number, handle in enumerate(("alice", "bob", "charlie"), start=1):
        account = Account.objects.create_user(id=UUID(int=0xAC + number), email=f"{handle}@example.com")
        player = Player(id=UUID(int=number), account=account, handle=handle, display_name=handle.title(), region="EU")
        people.append(player)
    return Player.objects.bulk_create(people)


def _values(model: Any) -> dict[str, Any]:
    """Return a value for each column that needs one."""
    made = (models.CompositePrimaryKey, models.AutoField)
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, made)]
    needed = [f for f in fields if not (f.has_default() or f.has_db_default() or f.null)]
    return {f.attname: _value(f) for f in needed}


def _value(field: Any) -> Any:
    if field.remote_field:
        return field.remote_field.model._default_manager.values_list("pk", flat=True).first()
    if field.choices:
        return field.choices[0][0]
    value = VALUES.get(field.get_internal_type(), 1)
    return value[: field.max_length] if isinstance(value, str) else value


fill()
