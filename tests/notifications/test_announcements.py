"""Studios announce things to players: everyone once, in bounded chunks, not too often, and until it is withdrawn."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.api.auth.callers import Scope
from apps.core.background.dispatcher import fallback_workers, run_due_work
from apps.core.background.scheduled_jobs import find_job, run_due
from apps.core.errors import InvalidError
from apps.core.redis import client as redis
from apps.games.models import Game, Membership
from apps.leaderboards.models import Standing
from apps.notifications import delivery
from apps.notifications.announcements import fan_out
from apps.notifications.announcements.actions import (
    AlreadyAnnouncedError,
    AnnouncedGameNotPublishedError,
    TooManyAnnouncementsError,
    send_announcement,
    withdraw_announcement,
)
from apps.notifications.announcements.queries import latest_announcement
from apps.notifications.models import Announcement, DedupeKey, Notification, Preference
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.factories import make_account, make_game, make_key
from tests.live import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0
WORDS = {"title": "The winter update", "text": "Six new achievements.", "link": "https://tide.example/winter"}


@pytest.fixture
def at(time_machine: Any) -> Callable[[timedelta], None]:
    """Move the clock to some time after noon."""

    def move(after: timedelta) -> None:
        time_machine.move_to(NOON + after, tick=False)

    move(timedelta())
    return move


def joins(game: Game, *players: Player) -> None:
    """Have players be some of the game, as their first unlock does."""
    Standing.objects.bulk_create(
        Standing(
            player_id=player.id, scope_id=game.id, window="all", opened_on="1970-01-01", region="EU", points=10,
            unlock_count=1, reached_at=NOON,
        )
        for player in players
    )  # fmt: skip


def send(game: Game, title: str = "News", text: str = "There is news.", **fields: Any) -> Announcement:
    return send_announcement(game=game, title=title, text=text, created_by="account:1", **fields)


def work() -> int:
    """Do what is due, as workers would; return the number of chunks."""
    chunks = 0
    while fan_out.announce.work():
        chunks += 1
    return chunks


def recipients_of(announcement: Announcement) -> list[UUID]:
    rows = Notification.objects.filter(payload__announcement_id=str(announcement.id))
    return sorted(rows.values_list("player_id", flat=True))


@pytest.fixture
def crowd(game: Game) -> list[Player]:
    """1,300 players of the game."""
    players = Player.objects.bulk_create(
        Player(handle=f"crowd{number}", display_name=f"Crowd {number}", region="EU") for number in range(1_300)
    )
    joins(game, *players)
    return players


def test_players_of_the_game_are_notified_and_nobody_else(
    alice: Player, bob: Player, charlie: Player, game: Game, at: Any
) -> None:
    joins(game, alice, bob)
    joins(make_game(), charlie)

    sent = send(game, **WORDS)
    work()

    assert recipients_of(sent) == sorted([alice.id, bob.id])
    row = Notification.objects.get(player=alice)
    assert (row.seq, row.kind) == (1, "studio_announcement")
    assert row.payload == {
        "announcement_id": str(sent.id),
        "title": "The winter update",
        "text": "Six new achievements.",
        "link": "https://tide.example/winter",
        "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
        "studio": game.studio.name,
        "announced_at": "2026-11-25T12:00:00Z",
    }
    sent.refresh_from_db()
    assert (sent.state, sent.audience_count, sent.passed_count, sent.notified_count) == ("sent", 2, 2, 2)


def test_while_its_game_is_hidden_nobody_else_is_notified(game: Game, crowd: list[Player], at: Any) -> None:
    sent = send(game)
    fan_out.announce.work()
    Game.objects.filter(pk=game.pk).update(is_published=False)
    was_due, chunks = fan_out.ANNOUNCEMENTS.waiting_since(), work()
    halfway = len(recipients_of(sent))

    Game.objects.filter(pk=game.pk).update(is_published=True)
    work()

    assert (was_due, chunks, halfway) == (None, 0, fan_out.PLAYERS_AT_ONCE)
    assert recipients_of(sent) == sorted(player.id for player in crowd)


def test_dedupe_keys_are_deleted_after_a_month(alice: Player, game: Game, at: Any) -> None:
    joins(game, alice)
    send(game)
    work()

    at(timedelta(days=31))
    run_due(find_job("trim_notifications"))

    assert not DedupeKey.objects.exists()


def test_who_turned_announcements_off_is_passed_and_not_notified(
    alice: Player, bob: Player, game: Game, at: Any
) -> None:
    joins(game, alice, bob)
    Preference.objects.create(player=alice, kind="studio_announcement", road="inbox", choice="none")
    Preference.objects.create(player=bob, kind="studio_announcement", road="socket", choice="none")

    sent = send(game)
    work()

    assert recipients_of(sent) == [bob.id]
    assert Notification.objects.get().is_quiet is True
    sent.refresh_from_db()
    assert (sent.audience_count, sent.passed_count, sent.notified_count) == (2, 2, 1)


def test_thousands_are_notified_in_bounded_chunks_in_the_order_of_their_ids(
    game: Game, crowd: list[Player], at: Any
) -> None:
    sent = send(game)
    reached, statements = [], []

    while True:
        with CaptureQueriesContext(connection) as queries:
            if not fan_out.announce.work():
                break
        statements.append(len(queries))
        reached.append(recipients_of(sent))

    ids = sorted(player.id for player in crowd)
    assert reached == [ids[:500], ids[:1000], ids]
    assert max(statements) <= 11
    sent.refresh_from_db()
    assert (sent.state, sent.audience_count, sent.passed_count, sent.notified_count) == ("sent", 1_300, 1_300, 1_300)


def test_few_players_among_many_are_found_within_a_bounded_look(
    alice: Player, game: Game, crowd: list[Player], at: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(fan_out, "LOOKED_AT_ONCE", 400)
    other = make_game()
    few = [crowd[3], crowd[399], crowd[400], crowd[1_299]]
    joins(other, *few)

    sent = send(other)
    chunks = work()

    assert recipients_of(sent) == sorted(player.id for player in few)
    # 1,301 players in looks of 400.
    assert chunks == 4


def test_a_game_without_players_is_done_with_at_once(game: Game, at: Any) -> None:
    sent = send(game)

    assert work() == 1
    sent.refresh_from_db()
    assert (sent.state, sent.audience_count, sent.notified_count) == ("sent", 0, 0)


def test_whoever_dies_midway_notifies_nobody_twice_and_leaves_nobody_out(
    game: Game, crowd: list[Player], at: Any, monkeypatch: Any
) -> None:
    sent = send(game)
    notify, deaths = delivery.deliver, []

    def die_on_every_second(*args: Any) -> Any:
        stored = notify(*args)
        deaths.append(len(deaths) % 2)
        if deaths[-1]:
            raise KeyboardInterrupt
        return stored

    monkeypatch.setattr(delivery, "deliver", die_on_every_second)

    while Announcement.objects.filter(due_at__isnull=False).exists():
        try:
            fan_out.announce.work()
        except KeyboardInterrupt:
            continue

    assert sum(deaths) == 2
    assert recipients_of(sent) == sorted(player.id for player in crowd)
    sent.refresh_from_db()
    assert (sent.passed_count, sent.notified_count) == (1_300, 1_300)


def test_one_that_fails_waits_and_holds_up_no_other(alice: Player, game: Game, at: Any, monkeypatch: Any) -> None:
    other = make_game()
    joins(game, alice)
    joins(other, alice)
    broken = send(game)
    at(timedelta(seconds=1))
    fine = send(other)
    make_payload = fan_out.ClaimedAnnouncement.payload

    def fail_for_one(claimed: Any) -> Any:
        return make_payload(claimed) if claimed.id != broken.id else 1 / 0

    monkeypatch.setattr(fan_out.ClaimedAnnouncement, "payload", fail_for_one)

    chunks = work()
    recipients = [recipients_of(sent) for sent in (broken, fine)]
    monkeypatch.undo()
    at(timedelta(seconds=61))

    assert (chunks, recipients) == (2, [[], [alice.id]])
    assert (work(), recipients_of(broken)) == (1, [alice.id])


def test_concurrent_workers_notify_everyone_once(game: Game, crowd: list[Player], at: Any) -> None:
    sent = [send(game, title) for title in ("One", "Two", "Three")]

    at_once(work, 3)
    work()

    for announcement in sent:
        assert recipients_of(announcement) == sorted(player.id for player in crowd)
    assert set(Announcement.objects.values_list("passed_count", "notified_count", "due_at")) == {(1_300, 1_300, None)}


def test_games_take_turns(game: Game, crowd: list[Player], alice: Player, at: Any) -> None:
    large = send(game)
    at(timedelta(seconds=1))
    other = make_game()
    joins(other, alice)
    small = send(other)

    at(timedelta(seconds=2))
    fan_out.announce.work()
    fan_out.announce.work()

    assert (len(recipients_of(large)), recipients_of(small)) == (500, [alice.id])


def test_what_is_withdrawn_reaches_nobody_else(game: Game, crowd: list[Player], at: Any) -> None:
    sent = send(game)
    fan_out.announce.work()

    withdrawn = withdraw_announcement(game=game, announcement_id=sent.id, withdrawn_by="account:2")
    at(timedelta(hours=1))
    again = withdraw_announcement(game=game, announcement_id=sent.id, withdrawn_by="account:3")

    assert work() == 0
    assert len(recipients_of(sent)) == 500
    assert (withdrawn.state, withdrawn.withdrawn_by, withdrawn.withdrawn_at) == ("withdrawn", "account:2", NOON)
    assert (again.withdrawn_by, again.withdrawn_at) == ("account:2", NOON)
    sent.refresh_from_db()
    assert (sent.audience_count, sent.passed_count, sent.notified_count) == (1_300, 500, 500)


def test_withdrawing_waits_for_the_chunk_under_way_and_then_holds(
    game: Game, crowd: list[Player], monkeypatch: Any
) -> None:
    sent = send(game)
    notify, begun = delivery.deliver, threading.Event()

    def notify_slowly(*args: Any) -> Any:
        stored = notify(*args)
        begun.set()
        wait_until(somebody_waits, "the withdrawal waits for the chunk")
        return stored

    monkeypatch.setattr(delivery, "deliver", notify_slowly)

    def withdraw() -> None:
        assert begun.wait(PATIENCE_SECONDS)
        withdraw_announcement(game=game, announcement_id=sent.id, withdrawn_by="account:2")

    at_once_each(fan_out.announce.work, withdraw)

    assert work() == 0
    sent.refresh_from_db()
    assert (sent.state, sent.passed_count, len(recipients_of(sent))) == ("withdrawn", 500, 500)


def test_a_fourth_within_24_hours_is_refused_and_notifies_nobody(alice: Player, game: Game, at: Any) -> None:
    joins(game, alice)
    first = send(game, "0")
    for hours in (1, 2):
        at(timedelta(hours=hours))
        send(game, str(hours))
    # What is withdrawn counts: somebody has been notified of it.
    withdraw_announcement(game=game, announcement_id=first.id, withdrawn_by="account:1")

    at(timedelta(hours=24) - timedelta(seconds=1))
    with pytest.raises(TooManyAnnouncementsError) as refusal:
        send(game, "4")
    before = Announcement.objects.count()
    send(make_game(), "4")
    at(timedelta(hours=24))
    send(game, "4")

    assert refusal.value.detail == (
        "You have sent 3 announcements in 24 hours, the maximum for a game. "
        "The next may go out on 26 November at 12:00 UTC."
    )
    assert before == 3


def test_who_sends_at_once_waits_for_the_others_to_be_counted(game: Game, at: Any) -> None:
    def send_a_fourth() -> None:
        try:
            send(game, "4")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            for title in "123":
                send(game, title)
            fourth = threads.submit(send_a_fourth)
            wait_until(somebody_waits, "the fourth waits for those before")
        with pytest.raises(TooManyAnnouncementsError):
            fourth.result(PATIENCE_SECONDS)

    assert Announcement.objects.count() == 3


def test_the_same_words_go_out_once(game: Game, at: Any) -> None:
    first = send(game)

    with pytest.raises(AlreadyAnnouncedError):
        send(game, " News ")
    withdraw_announcement(game=game, announcement_id=first.id, withdrawn_by="account:1")
    send(game)

    assert Announcement.objects.count() == 2


def test_a_game_nobody_can_look_at_announces_nothing(at: Any) -> None:
    with pytest.raises(AnnouncedGameNotPublishedError):
        send(make_game(is_published=False))

    assert Announcement.objects.count() == 0


@pytest.mark.parametrize(
    ("words", "member", "code"),
    [
        ({"title": "  "}, "title", "blank"),
        ({"title": "x" * 81}, "title", "max_length"),
        ({"title": "Two\nlines"}, "title", "invalid"),
        ({"title": "Bell\x07"}, "title", "invalid"),
        ({"text": ""}, "text", "blank"),
        ({"text": "x" * 501}, "text", "max_length"),
        ({"text": "Escape \x1b[31m"}, "text", "invalid"),
        ({"link": "http://tide.example/"}, "link", "invalid"),
        ({"link": "javascript:alert(1)"}, "link", "invalid"),
        ({"link": "https://laurel.example@evil.example/"}, "link", "invalid"),
        ({"link": "https://"}, "link", "invalid"),
        ({"link": f"https://tide.example/{'x' * 300}"}, "link", "invalid"),
    ],
)
def test_wrong_words_are_reported_with_their_path_and_sent_to_nobody(
    game: Game, at: Any, words: dict[str, str], member: str, code: str
) -> None:
    with pytest.raises(InvalidError) as refusal:
        send(game, **{"title": "News", "text": "There is news.", **words})

    assert [(flaw.pointer, flaw.code) for flaw in refusal.value.flaws] == [(f"/{member}", code)]
    assert Announcement.objects.count() == 0


def test_lines_may_break_in_the_text(game: Game, at: Any) -> None:
    assert send(game, text="\r\nOne\r\nTwo\n").text == "One\nTwo"


def test_without_a_broker_the_relay_sends_what_is_late(alice: Player, game: Game, at: Any) -> None:
    joins(game, alice)
    sent = send(game)

    at(timedelta(seconds=1))
    run_due_work()
    fallback_workers.wait()
    before = recipients_of(sent)
    at(timedelta(seconds=3))
    run_due_work()
    fallback_workers.wait()

    assert before == []
    assert recipients_of(sent) == [alice.id]


def test_a_long_one_that_is_worked_on_is_never_late(game: Game, crowd: list[Player], at: Any) -> None:
    send(game)

    at(timedelta(minutes=5))
    fan_out.announce.work()

    assert fan_out.ANNOUNCEMENTS.waiting_since() == NOON + timedelta(minutes=5)


def test_pushes_of_a_chunk_are_one_round_trip(game: Game, crowd: list[Player], at: Any, monkeypatch: Any) -> None:
    send(game)
    pushed: list[int] = []
    monkeypatch.setattr("apps.core.realtime.publishing.publish", lambda messages: pushed.append(len(list(messages))))

    fan_out.announce.work()

    assert pushed == [500]


def test_without_redis_everyone_is_notified(alice: Player, game: Game, at: Any, monkeypatch: Any) -> None:
    joins(game, alice)
    sent = send(game)
    gone = type(redis.client())(port=1)
    monkeypatch.setattr("apps.core.redis.client.client", lambda *args, **options: gone)

    work()

    assert recipients_of(sent) == [alice.id]


def test_the_games_page_has_the_latest_of_the_last_30_days(game: Game, at: Any) -> None:
    first = send(game, "First")
    at(timedelta(hours=1))
    second = send(game, "Second", link="https://tide.example/")

    def latest() -> str:
        found = latest_announcement(game.id)
        return found.title if found else ""

    found = latest_announcement(game.id)
    assert found is not None
    assert (found.title, found.link, found.announced_at) == ("Second", "https://tide.example/", second.created_at)
    withdraw_announcement(game=game, announcement_id=second.id, withdrawn_by="account:1")
    assert latest() == "First"
    at(timedelta(days=30) - timedelta(seconds=1))
    assert latest() == "First"
    at(timedelta(days=30))
    assert latest() == ""
    assert latest_announcement(make_game().id) is None
    assert Announcement.objects.get(pk=first.pk).state == "sending"


# Over HTTP


@pytest.fixture
def tool(game: Game) -> Api:
    return Api(make_key(game, scopes=[Scope.ANNOUNCEMENTS_WRITE]))


@pytest.fixture
def member(game: Game, as_account: Callable[[Account], Api]) -> Callable[[str], Api]:
    def log_in(role: str) -> Api:
        account = make_account()
        Membership.objects.create(studio=game.studio, account=account, role=role)
        return as_account(account)

    return log_in


def path(game: Game, rest: str = "") -> str:
    return f"manage/games/{game.id}/announcements{rest}"


def test_an_announcements_whole_life(tool: Api, game: Game, alice: Player, bob: Player, at: Any) -> None:
    joins(game, alice, bob)

    made = tool.post(path(game), WORDS)
    work()
    (listed,) = tool.get(path(game)).json()["results"]
    withdrawn = tool.post(path(game, f"/{made.json()['id']}/withdraw"))

    assert made.status_code == 201
    by = made.json()["created_by"]
    assert by.startswith("key:")
    assert made.json() == {
        "id": made.json()["id"],
        **WORDS,
        "state": "sending",
        "audience_count": 2,
        "passed_count": 0,
        "told_count": 0,
        "created_by": by,
        "created_at": "2026-11-25T12:00:00Z",
        "withdrawn_by": None,
        "withdrawn_at": None,
    }
    assert listed == {**made.json(), "state": "sent", "passed_count": 2, "told_count": 2}
    assert withdrawn.json() == {
        **listed,
        "state": "withdrawn",
        "withdrawn_by": by,
        "withdrawn_at": "2026-11-25T12:00:00Z",
    }
    assert tool.get(path(game)).json()["results"] == [withdrawn.json()]


def test_a_retry_with_its_idempotency_key_sends_one(tool: Api, game: Game) -> None:
    headers = {"Idempotency-Key": "release-42"}

    responses = [tool.post(path(game), WORDS, headers=headers) for _ in range(2)]

    assert [response.status_code for response in responses] == [201, 201]
    assert responses[0].json() == responses[1].json()
    assert Announcement.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 201), ("admin", 201), ("editor", 201), ("viewer", 403), ("", 404)]
)
def test_roles_that_edit_announce(
    member: Callable[[str], Api], as_player: Callable[[Player], Api], alice: Player, game: Game, role: str, status: int
) -> None:
    api = member(role) if role else as_player(alice)
    old = send(game, "Old")

    sent = api.post(path(game), WORDS)
    withdrawn = api.post(path(game, f"/{old.id}/withdraw"))

    assert sent.status_code == status
    assert withdrawn.status_code == (200 if status == 201 else status)
    assert api.get(path(game)).status_code == (404 if not role else 200)
    assert Announcement.objects.count() == (2 if status == 201 else 1)
    old.refresh_from_db()
    assert (old.state == "withdrawn") is (status == 201)


def test_another_games_announcement_is_nowhere(tool: Api, game: Game) -> None:
    other = send(make_game())

    assert tool.post(path(game, f"/{other.id}/withdraw")).status_code == 404
    assert tool.post(path(game, f"/{uuid4()}/withdraw")).status_code == 404
    assert tool.get(path(other.game)).status_code == 404
    other.refresh_from_db()
    assert other.state == "sending"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({**WORDS, "title": "x" * 81}, ("/title", "max_length")),
        ({**WORDS, "link": "http://tide.example"}, ("/link", "invalid")),
        ({**WORDS, "text": 5}, ("/text", "invalid_type")),
        ({**WORDS, "audience": "all"}, ("/audience", "unknown")),
        ({"title": "News"}, ("/text", "required")),
    ],
)
def test_a_wrong_body_is_reported_with_its_path(
    tool: Api, game: Game, body: dict[str, Any], refused: tuple[str, str]
) -> None:
    response = tool.post(path(game), body)

    assert response.status_code == 400
    assert refused in {(error["pointer"], error["code"]) for error in response.json()["errors"]}
    assert Announcement.objects.count() == 0


def test_refusals_have_codes_of_their_own(tool: Api, game: Game) -> None:
    tool.post(path(game), WORDS)
    again = tool.post(path(game), WORDS)
    for title in "23":
        tool.post(path(game), {**WORDS, "title": title})
    fourth = tool.post(path(game), {**WORDS, "title": "4"})
    Game.objects.filter(pk=game.pk).update(is_published=False)
    hidden = tool.post(path(game), WORDS)

    assert [(response.status_code, response.json()["code"]) for response in (again, fourth, hidden)] == [
        (409, "already_announced"),
        (409, "too_many_announcements"),
        (409, "game_not_published"),
    ]
    assert Announcement.objects.count() == 3


def test_pages_of_announcements_go_on_from_each_other(tool: Api, game: Game, at: Any) -> None:
    for days in range(5):
        at(timedelta(days=days))
        send(game, str(days))

    first = tool.get(path(game, "?page_size=3")).json()
    second = tool.get(first["next"].partition("/api/v1/")[2]).json()

    assert [row["title"] for row in first["results"]] == ["4", "3", "2"]
    assert [row["title"] for row in second["results"]] == ["1", "0"]


# Threads


def at_once(work: Callable[[], Any], count: int) -> list[Any]:
    return at_once_each(*[work] * count)


def at_once_each(*works: Callable[[], Any]) -> list[Any]:
    """Run the works in threads that begin together; return what they return."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait(PATIENCE_SECONDS)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        futures = [threads.submit(run, work) for work in works]
        return [future.result(PATIENCE_SECONDS) for future in futures]


def somebody_waits() -> bool:
    """Whether another connection waits for what this transaction has locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])
