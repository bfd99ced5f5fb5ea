"""What the ledger says everything else must be, in plain SQL that shares nothing with the code it checks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import redis

PLATFORM = UUID(int=0)
SHOWN_MAX = 10
# Boards of closed windows stay in Redis this long (docs/boards.md: 35 days).
RETENTION_AFTER_CLOSING = timedelta(days=35)

# Of a window that closed over 35 days ago there may be standings or none; a job deletes them.
WINDOWS = """("window" = 'all' OR opened_on >= %(windows_since)s
    AND opened_on >= date_trunc("window", now() AT TIME ZONE 'UTC' - interval '35 days'))"""
# Who vouched for each unlock, and what that is worth (docs/trust.md): points on the game's own boards, and on the
# platform's. What earns none is held apart in the game, and on the platform where only the player is left out.
RULED = """
SELECT u.player_id, u.game_id, u.points, u.unlocked_at, p.region,
    p.banned_at IS NULL AND p.untracked_at IS NULL AS is_player,
    (u.source IN (1, 3, 5) OR g.is_ranking_clients) AND (g.is_ranking_members OR u.player_id NOT IN (
        SELECT mp.id FROM membership ms JOIN player mp ON mp.account_id = ms.account_id
        WHERE ms.studio_id = g.studio_id)) AS is_ranked,
    g.is_published AND g.trust = 'listed' AND (u.source IN (1, 3, 5) OR g.has_trusted_clients) AS is_trusted
FROM __LEDGER__ u JOIN player p ON p.id = u.player_id JOIN game g ON g.id = u.game_id
"""
# Earned in hardcore, with the points of the unlock: at its own time, and vouched for by who said so (docs/boards.md).
HARDCORE = """(
    SELECT h.player_id, h.game_id, h.hardcore_at AS unlocked_at, h.source, e.points
    FROM hardcore_unlock h JOIN unlock_ever e USING (player_id, achievement_id))"""
RULED, RULED_HARDCORE = RULED.replace("__LEDGER__", "unlock_ever"), RULED.replace("__LEDGER__", HARDCORE)
HARDCORE_SCOPE = "(left(game_id::text, 14) || '8' || substr(game_id::text, 16))::uuid"
TOTALS = f"""
SELECT scope_id, "window", opened_on, player_id, region,
    sum(CASE WHEN is_counted THEN points ELSE 0 END)::bigint AS points, count(*)::bigint AS unlock_count,
    coalesce(max(CASE WHEN points > 0 AND is_counted THEN at END), max(at)) AS reached_at,
    sum(CASE WHEN is_counted THEN 0 ELSE points END)::bigint AS uncounted_points
FROM (
    SELECT u.player_id, u.region, u.points, date_trunc('second', u.unlocked_at) AS at, s.scope_id, s.is_counted,
        w."window", CASE w."window" WHEN 'all' THEN date '1970-01-01' ELSE date_trunc(w."window", u.unlocked_at)::date
            END AS opened_on
    FROM (SELECT *, false AS is_hardcore FROM ({RULED}) a UNION ALL SELECT *, true FROM ({RULED_HARDCORE}) b) u,
    LATERAL (
        SELECT CASE WHEN is_hardcore THEN {HARDCORE_SCOPE} ELSE game_id END AS scope_id,
            u.is_player AND u.is_ranked AS is_counted
        UNION ALL SELECT uuid '00000000-0000-0000-0000-000000000000', u.is_player
        WHERE u.is_ranked AND u.is_trusted AND NOT is_hardcore) s,
    (SELECT unnest(ARRAY['all', 'month', 'week', 'day']) AS "window") w
) counted
WHERE __WINDOWS__
GROUP BY scope_id, "window", opened_on, player_id, region
""".replace("__WINDOWS__", WINDOWS)
STANDING = f"""
SELECT scope_id, "window", opened_on, player_id, region, points::bigint, unlock_count::bigint, reached_at,
    uncounted_points::bigint FROM standing
WHERE {WINDOWS}
"""
# Counters and numbers of players leave out whom operators leave out, and nothing else.
OF_PLAYERS = "unlock_ever u JOIN player p ON p.id = u.player_id AND p.banned_at IS NULL AND p.untracked_at IS NULL"
ACHIEVEMENTS = f"SELECT achievement_id, count(*) FROM {OF_PLAYERS} GROUP BY 1"
ACHIEVEMENT_COUNTERS = "SELECT achievement_id, unlock_count FROM achievement_counter WHERE unlock_count <> 0"
# Of the platform, too; who has earned no points is a player as well.
PLAYERS = f"""
SELECT game_id, count(DISTINCT player_id), 0 FROM {OF_PLAYERS} GROUP BY 1
UNION ALL SELECT {HARDCORE_SCOPE}, count(DISTINCT player_id), 0 FROM ({RULED_HARDCORE}) h WHERE is_player GROUP BY 1
UNION ALL SELECT uuid '00000000-0000-0000-0000-000000000000', count(DISTINCT player_id), count(*) FROM ({RULED}) r
    WHERE is_player AND is_ranked AND is_trusted HAVING count(*) > 0
"""
PLAYER_COUNTS = """
SELECT scope_id, sum(players)::bigint, sum(unlocks)::bigint FROM (
    SELECT scope_id, player_count AS players, unlock_count AS unlocks FROM scope_player_count
    UNION ALL SELECT scope_id, change, unlock_change FROM scope_player_count_change) s
GROUP BY 1 HAVING sum(players) <> 0 OR sum(unlocks) <> 0
"""
GAMES = f"SELECT game_id, count(*) FROM {OF_PLAYERS} GROUP BY 1"
GAME_COUNTERS = "SELECT game_id, unlock_count FROM game_counter WHERE unlock_count <> 0"
# Every unlock since the given moment notifies its player once, also one that was revoked later, and nobody is notified
# anything else of the kind; imported ones (source 5) notify nobody.
UNLOCKS_TO_NOTIFY = """
SELECT player_id, achievement_id::text FROM unlock_ever WHERE recorded_at >= %(recorded_since)s AND source <> 5
UNION ALL SELECT player_id, achievement_id::text FROM revoked_unlock
WHERE recorded_at >= %(recorded_since)s AND source <> 5
"""
NOTIFIED = """
SELECT player_id, payload->'achievement'->>'id' FROM notification
WHERE kind = 'own_unlock' AND created_at >= %(recorded_since)s AND NOT payload ? 'hardcore_only'
"""
# Of every such unlock each follower is notified once: by itself, in a group, or as soon as what waits is sent.
FRIENDS_TO_NOTIFY = f"""
SELECT f.follower_id, u.player_id, u.achievement_id FROM ({UNLOCKS_TO_NOTIFY}) u
JOIN follow f ON f.followed_id = u.player_id
JOIN player p ON p.id = u.player_id AND p.visibility = 'public' AND NOT p.is_test AND p.merged_into_id IS NULL
"""
FRIENDS_NOTIFIED = """
SELECT n.player_id, (i ->> 'player_id')::uuid, i ->> 'achievement_id'
FROM notification n CROSS JOIN jsonb_array_elements(n.items) i
WHERE n.kind IN ('friend_unlock', 'friends_digest') AND n.created_at >= %(recorded_since)s
UNION ALL SELECT n.player_id, (n.payload #>> '{unlocks,0,player,id}')::uuid,
    n.payload #>> '{unlocks,0,achievement,id}'
FROM notification n WHERE n.kind = 'friend_unlock' AND n.items IS NULL AND n.created_at >= %(recorded_since)s
UNION ALL SELECT player_id, friend_id, achievement_id::text FROM friend_waiting
UNION ALL SELECT f.follower_id, e.player_id, e.achievement_id::text
FROM fan_out_entry e JOIN follow f ON f.followed_id = e.player_id AND f.follower_id > e.after_id
"""
NUMBERS = """
SELECT player_id, count(*), min(seq), max(seq), (SELECT last_seq FROM inbox i WHERE i.player_id = n.player_id)
FROM notification n GROUP BY 1 HAVING count(*) <> max(seq) OR min(seq) <> 1
    OR max(seq) IS DISTINCT FROM (SELECT last_seq FROM inbox i WHERE i.player_id = n.player_id)
"""
# Whatever became of an unlock, its mode went with it; and it was not earned before it.
HARDCORE_ALONE = """
SELECT player_id, achievement_id FROM hardcore_unlock h WHERE NOT EXISTS (
    SELECT FROM unlock_ever u WHERE u.player_id = h.player_id AND u.achievement_id = h.achievement_id
        AND u.unlocked_at <= h.hardcore_at)
"""
SIZES = """
SELECT scope_id, "window", opened_on, region, counted.players, noted.players FROM (
    SELECT scope_id, "window", opened_on, region, count(*) AS players FROM standing WHERE points > 0
    GROUP BY 1, 2, 3, 4) counted
FULL JOIN (
    SELECT scope_id, "window", opened_on, region, sum(players) AS players FROM (
        SELECT scope_id, "window", opened_on, region, player_count AS players FROM board_size
        UNION ALL SELECT scope_id, "window", opened_on, region, change FROM board_size_change) s
    GROUP BY 1, 2, 3, 4 HAVING sum(players) <> 0) noted USING (scope_id, "window", opened_on, region)
WHERE counted.players IS DISTINCT FROM noted.players
"""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Total:
    """A player on a board, as the ledger has it."""

    player_id: UUID
    points: int
    unlock_count: int
    reached_at: datetime


BoardName = tuple[UUID, str, date, str | None]
Boards = dict[BoardName, list[Total]]


def recent_windows() -> date:
    """Return since when windows are complete on a stack with demo data, whose history leaves out older ones."""
    return datetime.now(UTC).date() - timedelta(days=30)


def differences(
    dsn: str, redis_url: str, *, windows_since: date = date(1970, 1, 1), recorded_since: datetime = BEGINNING
) -> list[str]:
    """Return everything that disagrees with a recomputation from the ledger; an empty list is what is wanted.

    `windows_since` leaves out windows opened earlier, `recorded_since` unlocks recorded earlier, such as seeded ones.
    """
    with connect(dsn) as connection:
        found = [*_outbox(connection), *_standings(connection, windows_since), *_counters(connection)]
        found += [f"size of board {row}" for row in connection.execute(SIZES).fetchall()]
        found += [f"hardcore without an unlock then {row}" for row in connection.execute(HARDCORE_ALONE).fetchall()]
        found += _notifications(connection, recorded_since)
        boards = boards_of_ledger(connection, windows_since=windows_since)
        found += board_differences(boards, redis_url, windows_since=windows_since)
    return found


def connect(dsn: str) -> psycopg.Connection:
    """Open a connection whose days are UTC days."""
    return psycopg.connect(dsn, autocommit=True, options="-c TimeZone=UTC -c statement_timeout=0")


def boards_of_ledger(
    connection: psycopg.Connection, *, windows_since: date = date(1970, 1, 1), scope: UUID | None = None
) -> Boards:
    """Return every board (or one scope's), global and regional, of the players who have points.

    Best first: most points, then reached first, then lower id.
    """
    boards: Boards = defaultdict(list)
    for scope_id, window, opened, player_id, region, *numbers, _ in connection.execute(
        TOTALS, {"windows_since": windows_since}
    ):
        total = Total(player_id, *numbers)
        if scope in {None, scope_id} and total.points:
            boards[scope_id, window, opened, None].append(total)
            boards[scope_id, window, opened, region].append(total)
    for totals in boards.values():
        totals.sort(key=lambda total: (-total.points, total.reached_at, total.player_id))
    return boards


def board_differences(boards: Boards, redis_url: str, *, windows_since: date = date(1970, 1, 1)) -> list[str]:
    """Compare every sorted set with the ledger's boards, entry by entry and in order."""
    client = redis.Redis.from_url(redis_url, socket_timeout=10)
    expected = {_key(name): totals for name, totals in boards.items() if _is_retained(name)}
    stored = {key.decode() for key in client.scan_iter(match="board:*", count=1000)}
    stored -= {key for key in stored if "19700101" < key.split(":")[3] < f"{windows_since:%Y%m%d}"}
    found = [f"board {key} is in Redis and not in the ledger" for key in sorted(stored - expected.keys())]
    for key, totals in expected.items():
        wanted = [(total.player_id.bytes, _score(total)) for total in totals]
        stored_entries: Any = client.zrange(key, 0, -1, withscores=True)
        entries = [(member, int(score)) for member, score in stored_entries]
        if entries != wanted:
            found.append(f"board {key}: {_first_difference(wanted, entries)}")
    client.close()
    return _shortened(found)


def _standings(connection: psycopg.Connection, windows_since: date) -> list[str]:
    return _compare(connection, "standing", TOTALS, STANDING, {"windows_since": windows_since})


def _counters(connection: psycopg.Connection) -> list[str]:
    return [
        *_compare(connection, "achievement counter", ACHIEVEMENTS, ACHIEVEMENT_COUNTERS, {}),
        *_compare(connection, "game counter", GAMES, GAME_COUNTERS, {}),
        *_compare(connection, "number of players", PLAYERS, PLAYER_COUNTS, {}),
    ]


def _notifications(connection: psycopg.Connection, recorded_since: datetime) -> list[str]:
    holes = [f"numbers of player {row[0]}: {row[1:]}" for row in connection.execute(NUMBERS)]
    own = _compare(connection, "notification", UNLOCKS_TO_NOTIFY, NOTIFIED, {"recorded_since": recorded_since})
    friends = _compare(
        connection, "friends' notice", FRIENDS_TO_NOTIFY, FRIENDS_NOTIFIED, {"recorded_since": recorded_since}
    )
    return [*own, *friends, *_shortened(holes)]


def _outbox(connection: psycopg.Connection) -> list[str]:
    waiting, parked = connection.execute("SELECT count(*), count(parked_at) FROM outbox").fetchone() or (0, 0)
    return [f"outbox holds {waiting} events, {parked} of them parked"] if waiting else []


def _compare(
    connection: psycopg.Connection, what: str, wanted: str, found: str, parameters: dict[str, object]
) -> list[str]:
    """Return the rows of one query that the other lacks, counting duplicates."""
    lines = []
    for label, left, right in (("missing or different", wanted, found), ("wrong or too many", found, wanted)):
        query = f"SELECT * FROM ({left}) a EXCEPT ALL SELECT * FROM ({right}) b"
        lines += [f"{what} {label}: {' '.join(map(str, row))}" for row in connection.execute(query, parameters)]
    return _shortened(lines)


def _is_retained(name: BoardName) -> bool:
    _, window, opened, _ = name
    if window == "all":
        return True
    closes = _following(window, opened)
    return datetime.combine(closes, datetime.min.time(), UTC) + RETENTION_AFTER_CLOSING > datetime.now(UTC)


def _following(window: str, opened: date) -> date:
    if window == "month":
        return (opened.replace(day=1) + timedelta(days=32)).replace(day=1)
    return opened + timedelta(days={"week": 7, "day": 1}[window])


def _key(name: BoardName) -> str:
    scope, window, opened, region = name
    return f"board:{scope.hex}:{window}:{opened:%Y%m%d}:{region or '-'}"


def _score(total: Total) -> int:
    return int(total.reached_at.timestamp()) - total.points * 2**32


def _first_difference(wanted: list[tuple[bytes, int]], found: list[tuple[bytes, int]]) -> str:
    for rank, (left, right) in enumerate(_zip(wanted, found), start=1):
        if left != right:
            return f"rank {rank} is {_shown(right)}, should be {_shown(left)}; {len(found)} entries of {len(wanted)}"
    return "equal"


def _zip(
    wanted: list[tuple[bytes, int]], found: list[tuple[bytes, int]]
) -> Iterator[tuple[tuple[bytes, int] | None, tuple[bytes, int] | None]]:
    for index in range(max(len(wanted), len(found))):
        yield (wanted[index] if index < len(wanted) else None, found[index] if index < len(found) else None)


def _shown(entry: tuple[bytes, int] | None) -> str:
    if entry is None:
        return "nobody"
    points, seconds = divmod(entry[1], 2**32)
    return f"{UUID(bytes=entry[0])} with {-points} points at {seconds}"


def _shortened(lines: list[str]) -> list[str]:
    return lines if len(lines) <= SHOWN_MAX else [*lines[:SHOWN_MAX], f"... and {len(lines) - SHOWN_MAX} more"]
