"""Rows of CONTRIBUTING's table that no other test goes along: one of each is added here, or left out."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, fields
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import orjson
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve
from django.urls.resolvers import URLResolver

from apps.analytics.models import GameStatistic
from apps.analytics.statistics import definitions
from apps.analytics.statistics.definitions import Statistic
from apps.analytics.statistics.game_series import GameSlot
from apps.core.api.openapi.document import document
from apps.core.background import outbox, relay, scheduled_jobs, work_queues
from apps.core.background.outbox import Event, event
from apps.core.background.scheduled_jobs import HOUR, Counts, JobContext
from apps.core.clock import now
from apps.core.database import partitions
from apps.core.database.checks import check_partitions
from apps.core.database.partitions import make_partitions_ahead, monthly_table
from apps.core.errors import ConflictError
from apps.core.operations.health_checks import check_work_queues
from apps.games.models import Game
from apps.notifications import delivery
from apps.notifications.kinds import KINDS
from apps.notifications.kinds.base import Note
from apps.notifications.kinds.new_follower import NewFollower
from apps.players.models import Player
from apps.webhooks.event_types import CHOICES
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from tests.api.test_examples import examples_of, faults_of
from tests.api.test_schema import operations
from tests.browser.test_accessibility import PLAYERS, PUBLIC, REFERENCE, WITHOUT_A_PLAYER, studio_pages
from tests.conftest import Api
from tests.contract import check_response
from tests.core.test_scheduled_jobs import unscheduled
from tests.factories import make_achievement, make_game
from tests.rules.test_error_codes import unlisted

pytestmark = pytest.mark.django_db

Played = Callable[[Player], Api]


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [(418, {}, "answers 418: undescribed"), (200, {"results": "none"}, "'none' is not of type 'array'")],
)
def test_a_response_that_the_description_lacks_fails_its_test(
    status: int, body: dict[str, str], complaint: str
) -> None:
    response = SimpleNamespace(
        request={"PATH_INFO": "/api/v1/games"},
        status_code=status,
        content=orjson.dumps(body),
        headers={"Content-Type": "application/json"},
    )

    with pytest.raises(Exception, match=re.escape(complaint)):
        check_response("GET", response)


def test_a_member_that_its_example_lacks_is_found() -> None:
    described = dict(operations())["GET /api/v1/players/me"]["responses"]["200"]["content"]["application/json"]
    (example, *_) = examples_of(described)

    shorter = {name: value for name, value in example.items() if name != "handle"}

    assert faults_of(described["schema"], shorter) == ["$: 'handle' is a required property"]


def test_an_error_code_without_its_line_is_found() -> None:
    class SeatTakenError(ConflictError):
        code = "seat_taken"

    assert unlisted([SeatTakenError]) == {"seat_taken": 409}


def test_a_new_event_reaches_who_subscribes_to_it(monkeypatch: Any) -> None:
    monkeypatch.setattr(outbox, "_types", copy(outbox._types))
    monkeypatch.setattr(relay, "_subscribers", copy(relay._subscribers))
    delivered: list[Event] = []

    @event
    @dataclass(frozen=True)
    class SeatTaken(Event):
        kind: ClassVar[str] = "seat_taken"
        player_id: UUID

    relay.subscribe(SeatTaken)(lambda events, step: delivered.extend(events))
    with transaction.atomic():
        outbox.record([SeatTaken(UUID(int=7))])

    assert relay.run_steps_until_empty() == 1
    assert delivered == [SeatTaken(UUID(int=7))]


def test_two_events_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="Two events share the kind achievement_unlocked"):
        event(type("Twin", (Event,), {"kind": "achievement_unlocked"}))


def test_a_new_kind_of_notification_is_sent_and_may_be_chosen(
    alice: Player, as_player: Played, monkeypatch: Any
) -> None:
    class SeatKind(NewFollower):
        key: ClassVar[str] = "seat_taken"
        label: ClassVar[str] = "Seats"

        @staticmethod
        def title(payload: Mapping[str, Any]) -> str:
            return f"Seat {payload['seat']} is taken"

        @staticmethod
        def link(payload: Mapping[str, Any]) -> str:
            return "/"

    monkeypatch.setitem(KINDS, SeatKind.key, SeatKind)
    client = as_player(alice).client
    with transaction.atomic():
        delivery.deliver([Note(alice.id, SeatKind.key, now(), {"seat": 4})])

    assert "Seat 4 is taken" in client.get("/notifications/").content.decode()
    assert "Seats" in client.get("/account/notifications/").content.decode()


def test_health_names_a_new_work_queue_that_waits(monkeypatch: Any) -> None:
    monkeypatch.setattr(work_queues, "_work_queues", copy(work_queues._work_queues))

    @work_queues.work_queue(name="seats", queue="notifications", waiting_since=lambda: now() - timedelta(seconds=90.5))
    def give_seats() -> int:
        return 0

    assert check_work_queues().detail == "Waiting: seats for 90 seconds. Is a worker running?"


def test_every_event_of_webhooks_is_described_and_on_its_page() -> None:
    page = Client().get("/docs/webhooks/").content.decode()
    described = orjson.dumps(document()).decode()

    assert [name for name in CHOICES if f"<code>{name}</code>" not in page] == []
    assert [name for name in CHOICES if f'"{name}"' not in described] == []


def test_a_job_that_nothing_schedules_is_found(monkeypatch: Any) -> None:
    monkeypatch.setattr(scheduled_jobs, "_jobs", copy(scheduled_jobs._jobs))

    @scheduled_jobs.job(name="count_seats", every=HOUR)
    def count_seats(context: JobContext) -> Iterator[Counts]:
        yield {"seats": 1}

    assert unscheduled() == {"count_seats"}


def test_a_new_statistic_is_filled_and_must_be_scheduled_and_answered(game: Game, monkeypatch: Any) -> None:
    monkeypatch.setattr(scheduled_jobs, "_jobs", copy(scheduled_jobs._jobs))
    seats = Statistic("hourly_seats", HOUR, f"SELECT '{game.id}'::uuid, '', 12")

    definitions.add_statistic(seats, slots_max=1)

    assert definitions.fill(seats, now()) == 1
    assert GameStatistic.objects.values_list("name", "label", "value").get() == ("hourly_seats", "", 12)
    assert unscheduled() == {"statistic_hourly_seats"}
    assert unanswered([seats, *definitions.STATISTICS]) == {"seats"}


def test_every_statistic_is_answered() -> None:
    assert unanswered(definitions.STATISTICS) == set()


def unanswered(statistics: Iterable[Statistic]) -> set[str]:
    return {item.name.partition("_")[2] for item in statistics} - {field.name for field in fields(GameSlot)}


def test_a_new_table_by_month_is_missed_and_made(monkeypatch: Any) -> None:
    monkeypatch.setattr(partitions, "_tables", copy(partitions._tables))
    seats = monthly_table("seat", retention_months=1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seat (taken_at timestamptz NOT NULL) PARTITION BY RANGE (taken_at)")

    assert {problem.id for problem in check_partitions(["default"])} == {"laurel.E001"}
    make_partitions_ahead(seats, now())
    assert check_partitions(["default"]) == []


def test_every_page_is_among_those_that_axe_looks_at(game: Game) -> None:
    endpoint = WebhookEndpoint.objects.create(game=game, url="https://example.com/", event_types=[], secret="")
    WebhookDelivery.objects.create(
        endpoint=endpoint, message=WebhookMessage.objects.create(game=game, type="webhook.test", payload="{}")
    )
    first_light = {"ACH_FIRST_LIGHT": make_achievement(game)}
    room: Any = SimpleNamespace(game=game, draft=make_game(), webhook_game=game, achievements=first_light)

    # The last two are made by their tests.
    paths = (*PUBLIC, *PLAYERS, *WITHOUT_A_PLAYER, REFERENCE, *studio_pages(room), "/notifications/7/", MAIL_OFF)
    looked_at = {resolve(path.partition("?")[0]).func for path in paths if path != "/nothing/here/"}

    assert [name for name, view in pages() if view not in looked_at] == []
    assert len(list(pages())) > 25


MAIL_OFF = "/notifications/mail-off/signed/"


def pages(patterns: list[Any] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the routes whose views show a whole page of ours."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(item, URLResolver):
            yield from pages(item.url_patterns)
        elif isinstance(item, URLPattern) and item.callback.__module__.startswith(("apps.web.", "apps.portal.")):
            text = text_of(item.callback)
            if "_page.html" in text and "@require_POST" not in text:
                yield str(item.pattern), item.callback


def text_of(view: Any) -> str:
    """Return the source of a view and of what it calls in its own module."""
    view = inspect.unwrap(view)
    functions = {
        name: inspect.getsource(value)
        for name, value in vars(inspect.getmodule(view)).items()
        if inspect.isfunction(value) and value.__module__ == view.__module__
    }
    text, waiting = "", [view.__name__]
    while waiting:
        source = functions.pop(waiting.pop(), "")
        text += source
        waiting += [name for name in functions if f"{name}(" in source]
    return text
