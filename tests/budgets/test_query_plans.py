"""Plans of the hot queries on a ledger of a million unlocks: none may scan a table that grows."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.analytics.rollups.player_statistics import fill_due
from apps.core.background import relay
from apps.core.clock import now
from apps.core.database.partitions import month_before
from apps.core.database.slices import Slice
from apps.core.database.sql import fetch_column
from apps.core.ids import NIL, new_id
from apps.core.redis.client import client
from apps.games.actions.scheduling import PUBLICATIONS, publish_due
from apps.games.auth.credentials import Credentials, hold
from apps.games.models import Achievement, Game
from apps.leaderboards.boards.board import PLATFORM_ID, Board
from apps.leaderboards.friends_board import friends_page
from apps.leaderboards.models import Window
from apps.leaderboards.places import rank_of_player
from apps.leaderboards.queries import page_of_board
from apps.leaderboards.rivalry import overtakes
from apps.leaderboards.rivalry.board_follows import boards_followed_by, follows_board
from apps.leaderboards.standings import standing_rows
from apps.leaderboards.standings.crowns import Change, record_crowns, settle_crowns
from apps.notifications.announcements import fan_out as reaching
from apps.notifications.announcements.actions import send_announcement
from apps.notifications.announcements.queries import latest_announcement
from apps.notifications.friends import fan_out, grouping
from apps.notifications.friends.rate_limit import RATE_LIMITS
from apps.notifications.inbox.queries import notifications_after, read_mark_of
from apps.notifications.mail import sending as mail_sending
from apps.notifications.mail.due_readers import DIGESTS
from apps.notifications.mail.readers import enter_readers
from apps.players.actions import find_or_create_by_external_id
from apps.players.actions.guests import clear_networks, create_guest
from apps.players.attestation import GuestRequest
from apps.players.models import Player
from apps.players.queries import Sight, friends_of, living_devices, visible_player
from apps.portal.queries.announcements import announcements_of
from apps.portal.queries.drafts import history_of
from apps.portal.queries.games import achievement_table
from apps.portal.queries.live import tail_of
from apps.unlocks import archive
from apps.unlocks.actions import record_progress, record_unlocks
from apps.unlocks.events import AchievementUnlocked
from apps.unlocks.idle_guests import delete_guests
from apps.unlocks.imports.past_unlocks import PastReport
from apps.unlocks.imports.runs import begin_import, import_unlocks
from apps.unlocks.queries import unlocks_of
from apps.unlocks.reports import ProgressReport, Report, Verb
from apps.unlocks.visibility import Reading
from apps.web.queries.games import game_page, home, latest_unlocks
from apps.web.queries.notifications import inbox_page
from apps.web.queries.players import player_page
from tests.budgets.conftest import MONTHS, Plans, around_a_file, fill
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_key, make_studio

pytestmark = pytest.mark.slow

GROWING = (
    "unlock", "standing", "player", "outbox", "notification", "inbox", "follow", "progress", "progress_request",
    "block", "external_identity", "unlock_archive", "player_statistics", "statistics_due", "play_session",
    "final_place", "rank_history", "email_digest", "account", "account_emailaddress", "fan_out_entry",
    "friend_rate_limit", "friend_waiting", "board_follow", "announcement", "notification_dedupe_key",
    "notification_preference", "imported_unlock", "achievement_history", "scheduled_publication", "guest", "device",
    "hardcore_unlock",
)  # fmt: skip
_scan = re.compile(rf"Seq Scan on ({'|'.join(GROWING)})(_\w+)?\b")

FILL = """
INSERT INTO player (id, handle, display_name, region, time_zone, avatar, visibility, created_at)
SELECT ('00000000-0000-7000-8000-' || to_char(n, 'FM000000000000'))::uuid, 'filler' || n, 'Filler', 'EU', 'UTC', '',
    'public', now()
FROM generate_series(1, 25000) n;
INSERT INTO unlock (player_id, achievement_id, game_id, unlocked_at, recorded_at, definition_version, points, source)
SELECT p.id, a.id, a.game_id,
    now() - make_interval(secs => (hashtext(p.handle || a.key) & 8388607)), now(), 1, a.points, 1
FROM player p CROSS JOIN achievement a WHERE p.handle LIKE 'filler%';
INSERT INTO hardcore_unlock (player_id, achievement_id, game_id, hardcore_at, recorded_at, source)
SELECT u.player_id, u.achievement_id, u.game_id, now(), now() + interval '1 hour', 1
FROM unlock u JOIN game g ON g.id = u.game_id AND g.has_modes;
INSERT INTO standing (player_id, scope_id, "window", opened_on, region, points, unlock_count, reached_at)
SELECT p.id, s.id, 'all', '1970-01-01', 'EU', 400 + hashtext(p.handle) & 255, 40, now()
FROM player p CROSS JOIN (SELECT id FROM game UNION ALL SELECT '00000000-0000-0000-0000-000000000000') s
WHERE p.handle LIKE 'filler%';
INSERT INTO notification (player_id, seq, kind, payload) SELECT id, n, 'own_unlock',
    '{"achievement": {"id": "a", "name": "A", "points": 5}, "game": {"name": "G", "slug": "g"}}'
FROM player, generate_series(1, 4) n WHERE handle LIKE 'filler%';
INSERT INTO account (id, email, password, is_staff, is_superuser, is_active, created_at)
SELECT id, handle || '@example.com', '', false, false, true, now() FROM player WHERE handle LIKE 'filler%';
UPDATE player SET account_id = id WHERE handle LIKE 'filler%';
INSERT INTO account_emailaddress (user_id, email, verified, "primary") SELECT id, email, true, true FROM account;
INSERT INTO inbox (player_id, last_seq, read_seq) SELECT id, 4, 0 FROM player WHERE handle LIKE 'filler%';
INSERT INTO email_digest (player_id, due_at, mailed_seq)
SELECT id, now() - interval '1 hour' + interval '1 day' * (right(handle, 1) = '7')::int, 0 FROM player
WHERE handle LIKE 'filler%';
INSERT INTO progress (player_id, achievement_id, game_id, steps, updated_at)
SELECT p.id, a.id, a.game_id, 1, now() FROM player p CROSS JOIN (SELECT * FROM achievement ORDER BY id LIMIT 4) a
WHERE p.handle LIKE 'filler%';
INSERT INTO external_identity (id, game_id, environment, external_id, player_id, created_at)
SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), 'live', p.handle, p.id, now() FROM player p
WHERE p.handle LIKE 'filler%';
INSERT INTO statistics_due (player_id, game_id, since)
SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), now() FROM player p WHERE p.handle LIKE 'filler%';
INSERT INTO player_statistics SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1),
    date_trunc('day', now() - make_interval(days => n)), 60, 1, 10, 1, 1, true
FROM player p, generate_series(1, 8) n WHERE p.handle LIKE 'filler%';
INSERT INTO play_session SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), now(), now(), 60, 's'
FROM player p WHERE p.handle LIKE 'filler%';
INSERT INTO final_place SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), now(), '2026-01-01',
    row_number() OVER (), 1, 1, 'day', 'EU' FROM player p WHERE p.handle LIKE 'filler%';
INSERT INTO closed_window SELECT id, now(), '2026-01-01', 25000, 'day' FROM game;
INSERT INTO rank_history SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), date_trunc('month', now()), '{1,2}'
FROM player p WHERE p.handle LIKE 'filler%';
INSERT INTO follow (follower_id, followed_id, created_at)
SELECT p.id, '00000000-0000-7000-8000-000000000001', now() FROM player p
WHERE p.handle LIKE 'filler%' AND p.handle <> 'filler1';
INSERT INTO fan_out_entry (player_id, achievement_id, game_id, unlocked_at, created_at)
SELECT p.id, (SELECT id FROM achievement ORDER BY id LIMIT 1), (SELECT id FROM game ORDER BY id LIMIT 1), now(), now()
FROM player p WHERE p.handle LIKE 'filler%' ORDER BY p.id;
INSERT INTO friend_rate_limit (player_id, due_at)
SELECT id, CASE WHEN handle LIKE 'filler%00' THEN now() - interval '1 minute' END FROM player
WHERE handle LIKE 'filler%';
INSERT INTO friend_waiting (player_id, friend_id, achievement_id, unlocked_at, in_digest)
SELECT id, id, (SELECT id FROM achievement ORDER BY id LIMIT 1), now(), false FROM player WHERE handle LIKE 'filler%';
INSERT INTO board_follow (player_id, scope_id, "window", created_at)
SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), w, now()
FROM player p, unnest('{all,month,week,day}'::text[]) w WHERE p.handle LIKE 'filler%';
INSERT INTO announcement (id, game_id, title, text, link, created_by, created_at, withdrawn_by, audience_count,
    passed_count, notified_count, after_id)
SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), 'News', 'News', '', 'account:' || p.id,
    now() - interval '9 days', '', 0, 0, 0, p.id
FROM player p WHERE p.handle LIKE 'filler%';
INSERT INTO notification_dedupe_key (player_id, dedupe_key, until)
SELECT id, 'medal:' || handle, now() + interval '1 year' FROM player WHERE handle LIKE 'filler%';
INSERT INTO notification_preference (player_id, kind, road, choice)
SELECT id, 'own_unlock', 'socket', 'none' FROM player WHERE handle LIKE 'filler%';
INSERT INTO guest (player_id, game_id, created_at, network_digest, seen_at, is_kept)
SELECT p.id, (SELECT id FROM game ORDER BY id LIMIT 1), now() - make_interval(mins => n::int), md5(p.handle), now(),
    n % 100 > 0
FROM (SELECT *, row_number() OVER () AS n FROM player) p WHERE p.handle LIKE 'filler%';
INSERT INTO device (id, player_id, game_id, name, sealed_secret, created_at, seen_at)
SELECT p.id, p.id, (SELECT id FROM game ORDER BY id LIMIT 1), '', 'secret', now(), now()
FROM player p WHERE p.handle LIKE 'filler%';
INSERT INTO game (id, studio_id, slug, name, tagline, description, palette, cover, points_budget, default_setter,
    is_published, created_at)
SELECT gen_random_uuid(), studio_id, 'filler' || n, name, '', '', '{}', '', 1000, 'server', true, now()
FROM (SELECT * FROM game ORDER BY id LIMIT 1), generate_series(1, 1000) n;
INSERT INTO achievement_history (id, game_id, achievement_id, act, "by", at, changes, detail)
SELECT p.id, g.id, (SELECT id FROM achievement ORDER BY id LIMIT 1), 'edited', '', now(), '[]', ''
FROM player p, (SELECT id FROM game ORDER BY id LIMIT 1) g WHERE p.handle LIKE 'filler%';
INSERT INTO scheduled_publication (id, game_id, publish_at, created_by, created_at, refused_at, refusal_code, refusal)
SELECT id, id, now(), '', now(), now(), 'budget_exceeded', '' FROM game WHERE slug LIKE 'filler%';
INSERT INTO outbox (kind, payload) SELECT 'filler', '{}' FROM generate_series(1, 20000);
UPDATE outbox SET parked_at = now();
ANALYZE player, game, unlock, progress, external_identity, standing, achievement, outbox, notification, statistics_due,
    player_statistics, play_session, final_place, rank_history, account, account_emailaddress, inbox, email_digest,
    follow, fan_out_entry, friend_rate_limit, friend_waiting, board_follow, announcement, notification_dedupe_key,
    notification_preference, achievement_history, scheduled_publication, guest, device, hardcore_unlock;
"""


@pytest.fixture(scope="module")
def million(django_db_setup: None, django_db_blocker: Any) -> Iterator[Game]:
    """A game whose ledger holds 1,000,000 unlocks."""
    with around_a_file(django_db_blocker):
        games = [make_game(studio=make_studio(), has_modes=number == 0) for number in range(4)]
        for game in games:
            for _ in range(10):
                make_achievement(game)
        fill(FILL)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM unlock")
            assert cursor.fetchone() == (1_000_000,)
        yield games[0]


def test_no_hot_query_scans_a_table_that_grows(db: None, million: Game, plans: Plans) -> None:
    players = list(Player.objects.order_by("id")[:100])
    newcomer = Player.objects.create(handle="newcomer", display_name="New", region="EU")
    achievements = list(Achievement.objects.filter(game=million))
    counting = make_achievement(million, kind="incremental", target=10)
    client().flushall()
    anyone, server = Api(), Api(make_key(million))
    key_id = million.api_keys.get().id

    def report(player: Player, achievement: Achievement, key: str | None = None) -> Report:
        return Report(million.id, player.id, None if key else achievement.id, key, None)

    def progress(player: Player) -> ProgressReport:
        return ProgressReport(
            million.id, player.id, counting.id, None, None, verb=Verb.INCREMENT, steps=1, request_id="plan"
        )

    def past_of(player: Player, achievements: list[Achievement]) -> list[PastReport]:
        known = [PastReport(player.id, achievement.id, now()) for achievement in achievements]
        return [*known, PastReport("filler7", achievements[0].id, now()), PastReport("new", achievements[0].id, now())]

    def event(player: Player, achievement: Achievement) -> AchievementUnlocked:
        return AchievementUnlocked(player.id, achievement.id, million.id, 10, now())

    send(million, "News")
    begun = begin_import(game=million, expected_count=1, name="", created_by="plans")
    works: dict[str, Callable[[], Any]] = {
        "first unlock": lambda: record_unlocks(reports=[report(newcomer, achievements[0])]),
        "unlock by key": lambda: record_unlocks(reports=[report(newcomer, achievements[1], achievements[1].key)]),
        "repeat": lambda: record_unlocks(reports=[report(players[0], achievements[0])]),
        "batch": lambda: record_unlocks(reports=[report(player, achievements[2]) for player in players]),
        "hardcore": lambda: record_unlocks(reports=[replace(report(newcomer, achievements[3]), is_hardcore=True)]),
        "hardcore of a repeat": lambda: record_unlocks(
            reports=[replace(report(player, achievements[4]), is_hardcore=True) for player in players]
        ),
        "hardcore ever": lambda: fetch_column(
            "SELECT achievement_id FROM hardcore_ever WHERE player_id = ANY (%s)", [[player.id for player in players]]
        ),
        "progress": lambda: record_progress(reports=[progress(players[0])]),
        "progress batch": lambda: record_progress(reports=[progress(player) for player in players]),
        "player by external id": lambda: find_or_create_by_external_id(
            game_id=million.id, environment="live", external_id="filler7"
        ),
        "visible player": lambda: visible_player(players[0].id, players[1].id, game_id=million.id),
        "friends": lambda: friends_of(players[0].id),
        "relay": relay.run_step,
        "board page": lambda: page_of_board(Board(million.id), offset=5000, limit=100),
        "regional board page": lambda: page_of_board(Board(million.id, region="EU"), offset=0, limit=100),
        "board page of regions": lambda: page_of_board(Board(million.id, region="EU,NA"), offset=5000, limit=100),
        "place": lambda: rank_of_player(Board(PLATFORM_ID), players[50].id, reach=5),
        "friends board": lambda: friends_page(Board(million.id), players[0].id, offset=0, limit=100),
        "achievements": lambda: anyone.get(f"games/{million.id}/achievements?player_id={players[0].id}&earned=true"),
        "achievements of a key": lambda: server.get(f"games/{million.id}/achievements?player_id={players[0].id}"),
        "rare achievements": lambda: server.get(f"games/{million.id}/achievements?player_id={players[0].id}&tier=rare"),
        "unlocks": lambda: anyone.get(f"players/{players[0].id}/unlocks"),
        "unlocks for another player": lambda: unlocks_of(
            Reading(players[0].id, players[1].id, sight=Sight(players[1].id)), {}, Slice(50)
        ),
        "unlocks of a game": lambda: server.get(f"players/{players[0].id}/unlocks"),
        "progress of a player": lambda: server.get(f"players/{players[0].id}/progress"),
        "rebuild": lambda: next(
            standing_rows.chunks_of_scope(million.id, Board(million.id).window, Board(million.id).opened_on)
        ),
        "latest of a game": lambda: latest_unlocks(million.id, None),
        "latest of all": lambda: latest_unlocks(None, players[0]),
        "profile": lambda: player_page(players[0].handle, players[1]),
        "game page": lambda: game_page(million.slug, players[0]),
        "home": lambda: home(players[0]),
        "portal tail": lambda: tail_of(million),
        "portal table": lambda: achievement_table(million),
        "inbox": lambda: notifications_after(players[0].id, 0),
        "inbox page": lambda: inbox_page(players[0], read_mark_of(players[0].id), below=None),
        "mail that is due": DIGESTS.waiting_since,
        "daily mail": lambda: mail_sending.claim_due(new_id()),
        "readers of the mail": lambda: enter_readers(0, 5_000, now()),
        "dashboard": lambda: anyone.get(f"players/{players[0].id}/dashboard"),
        "statistics": lambda: anyone.get(f"players/{players[0].id}/statistics?game={million.id}"),
        "medals": lambda: anyone.get(f"players/{players[0].id}/medals"),
        "closed windows": lambda: anyone.get(f"leaderboards/{million.id}/closed?window=day"),
        "final places": lambda: anyone.get(f"leaderboards/{million.id}/closed/day/2026-01-01"),
        "rank history": lambda: anyone.get(f"leaderboards/{million.id}/players/{players[0].id}/history"),
        "filling statistics": lambda: fill_due(now(), limit=100),
        "import": lambda: import_unlocks(import_id=begun.id, game=million, unlocks=past_of(newcomer, achievements)),
        "bringing back": lambda: archive.bring_back([player.id for player in players]),
        "fan-out": fan_out.fan_out.work,
        "fan-out waiting": fan_out.waiting_since,
        "fan-out noted": lambda: fan_out.enqueue_unlocks([event(players[0], achievements[0])]),
        "grouped": grouping.send_grouped.work,
        "grouped waiting": RATE_LIMITS.waiting_since,
        "boards followed": lambda: boards_followed_by(players[0].id),
        "board followed": lambda: follows_board(player_id=players[0].id, scope_id=million.id, window=Window.ALL),
        "rivals before": lambda: overtakes.scores_before([player.id for player in players], [million.id], now()),
        "rivals passed": lambda: overtakes._of_followers(passings(million, players), now()),
        "crowns": lambda: record_crowns((player.id, million.id) for player in players),
        "crowns settled": lambda: settle_crowns(Change(player.id, million.id, now()) for player in players),
        "announcement": reaching.announce.work,
        "announcement waiting": reaching.ANNOUNCEMENTS.waiting_since,
        "announcements of the day": lambda: send(million, "More news"),
        "latest announcement": lambda: latest_announcement(million.id),
        "announcements in the portal": lambda: announcements_of(million),
        "publications waiting": PUBLICATIONS.waiting_since,
        "publications due": publish_due.work,
        "history of an achievement": lambda: history_of(million, achievements[0], ZoneInfo("UTC"), before=None),
        "history of a game": lambda: history_of(million, None, ZoneInfo("UTC"), before=None),
        "guest": lambda: create_guest(wanted=GuestRequest(million.id, False, "192.0.2.7", "", None)),
        "tokens of keys": lambda: hold([Credentials(player.id, million.id, key_id) for player in players * 5]),
        "token of a device": lambda: hold([Credentials(players[0].id, million.id, device_id=players[0].id)]),
        "devices": lambda: living_devices(players[0].id, game_id=million.id),
        "players listed": lambda: anyone.get("players"),
        "idle guests": lambda: delete_guests(now(), rows_max=100),
        "networks of guests": lambda: clear_networks(before=now(), rows_max=100),
        "marking as inactive": lambda: archive.mark_inactive([players[0].id], now()),
    }
    found = {name: plans(work) for name, work in works.items()}
    scans = {name: [plan for plan in seen if _scan.search(plan)] for name, seen in found.items()}

    assert {name: seen for name, seen in scans.items() if seen} == {}
    check_announcement(found["announcement"])
    check_fan_out(found["fan-out"])


def send(game: Game, title: str) -> None:
    send_announcement(game=game, title=title, text="There is news.", created_by=f"account:{NIL}")


def passings(game: Game, players: list[Player]) -> list[overtakes._Passing]:
    return [overtakes._Passing(Board(game.id), player.id, players[0].id, 1) for player in players[1:]]


def check_announcement(found: list[str]) -> None:
    """Whatever share of the players the game has, they are looked up one by one until the chunk is full."""
    (plan,) = [plan for plan in found if "CROSS JOIN LATERAL" in plan]
    assert re.search(r"Index (Only )?Scan using player_pkey on player", plan), plan
    assert re.search(r"Index (Only )?Scan using standing_all_pkey on standing_all", plan), plan
    assert "Hash" not in plan, plan
    assert "Sort" not in plan, plan


def check_fan_out(found: list[str]) -> None:
    """The claim walks the key, and of a player whom everybody follows only a chunk is read."""
    (claim,) = [plan for plan in found if "FROM fan_out_entry" in plan and "SKIP LOCKED" in plan]
    (followers,) = [plan for plan in found if "CROSS JOIN LATERAL" in plan and "JOIN player s" in plan]
    assert "Index Scan using fan_out_entry_pkey on fan_out_entry" in claim, claim
    assert re.search(r"Index (Only )?Scan using \w+ on follow", followers), followers


def test_pages_of_unlocks_walk_the_index_of_their_order(db: None, million: Game, plans: Plans) -> None:
    path = f"players/{Player.objects.order_by('id').values_list('id', flat=True)[7]}/unlocks?page_size=10"
    second = Api().get(path).json()["next"].partition("/api/v1/")[2]

    for page in (path, second):
        (found,) = [plan for plan in plans(lambda page=page: Api().get(page)) if "FROM unlock_ever" in plan]
        assert re.search(r"Index Scan using unlock_p\d\d_player_id_unlocked_at_idx", found) is not None, found


def test_the_detector_sees_a_scan(db: None, million: Game, plans: Plans) -> None:
    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM player WHERE display_name = 'x'")

    (plan,) = plans(scan)

    assert _scan.search(plan) is not None


def test_statistics_touch_only_the_months_that_are_requested(db: None, million: Game, plans: Plans) -> None:
    player = Player.objects.order_by("id")[0]
    months = [month_before(now().date(), number) for number in (3, 2)]
    query = f"start_date={months[0]:%Y-%m}-20&end_date={months[1]:%Y-%m}-10"

    found = plans(lambda: Api().get(f"players/{player.id}/statistics?{query}"))

    touched = {name for plan in found for name in MONTHS.findall(plan)}
    assert touched == {PLAYER_STATISTICS.partition_of(month) for month in months}
