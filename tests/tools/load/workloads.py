"""What the scenarios request: unlocks that were never reported before, boards, ranks and the empty view."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.tools.load.generator import OutOfWorkError, Workload
from tests.tools.load.http_connection import Response, request_bytes
from tests.tools.load.targets import Target

UNLOCK_PATH = "/api/v1/achievements/unlock"
BATCH_PATH = "/api/v1/achievements/unlock/batch"
PROGRESS_PATH = "/api/v1/achievements/progress"
Pair = tuple[bytes, bytes]
# More than a run gets through.
FIRST_MAX = 50_000


class Pairs:
    """Hands out each (player, achievement) pair once, player after player, so that neighbours rarely share a player."""

    def __init__(self, player_ids: Sequence[str], achievement_ids: Sequence[str]) -> None:
        self._pairs: Iterator[Pair] = (
            (player_id.encode(), achievement_id.encode())
            for achievement_id in achievement_ids
            for player_id in player_ids
        )
        self.total = len(player_ids) * len(achievement_ids)

    def take(self) -> Pair:
        """Return a fresh pair. Raises: OutOfWorkError."""
        try:
            return next(self._pairs)
        except StopIteration:
            raise OutOfWorkError(f"All {self.total:,} pairs of player and achievement are used up.") from None


def _item(pair: Pair) -> bytes:
    return b'{"player_id":"%b","achievement_id":"%b"}' % pair


class UnlockSingle:
    """One first unlock a request, each answered 201."""

    weight = 1

    def __init__(self, target: Target, live_key: str, pairs: Pairs) -> None:
        self.target = target
        self.headers = {"Authorization": f"Bearer {live_key}"}
        self._pairs = pairs
        sample = _item((b"0" * 36, b"0" * 36))
        request = request_bytes("POST", UNLOCK_PATH, target, body=sample, headers=self.headers)
        self._head = request[: -len(sample)]

    def next_request(self) -> tuple[bytes, Pair]:
        pair = self._pairs.take()
        return self._head + _item(pair), pair

    def accepts(self, token: object, response: Response) -> bool:
        return response.status == 201


class UnlockRepeat(UnlockSingle):
    """The same few unlocks again and again, each recorded before and answered 200."""

    def __init__(self, target: Target, live_key: str, recorded: Sequence[Pair]) -> None:
        super().__init__(target, live_key, Pairs([], []))
        self._again = itertools.cycle(recorded)

    def next_request(self) -> tuple[bytes, Pair]:
        pair = next(self._again)
        return self._head + _item(pair), pair

    def accepts(self, token: object, response: Response) -> bool:
        return response.status == 200


class UnlockBatch:
    """`weight` first unlocks a request; good when every one of them answers 201."""

    def __init__(self, target: Target, live_key: str, pairs: Pairs, *, size: int = 100) -> None:
        self.weight = size
        self._pairs = pairs
        self._target = target
        self._headers = {"Authorization": f"Bearer {live_key}"}

    def next_request(self) -> tuple[bytes, object]:
        items = b",".join(_item(self._pairs.take()) for _ in range(self.weight))
        body = b'{"unlocks":[%b]}' % items
        return request_bytes("POST", BATCH_PATH, self._target, body=body, headers=self._headers), None

    def accepts(self, token: object, response: Response) -> bool:
        return response.status == 200 and response.body.count(b'"unlocked":true') == self.weight


@dataclass
class Reading:
    """GET requests taken in turn from a list, each answered 200 with `marker` in its body."""

    requests: Sequence[bytes]
    marker: bytes = b""
    weight: int = 1

    def __post_init__(self) -> None:
        self._turn = itertools.cycle(self.requests)

    def next_request(self) -> tuple[bytes, object]:
        return next(self._turn), None

    def accepts(self, token: object, response: Response) -> bool:
        return response.status == 200 and self.marker in response.body


def ping(target: Target) -> Reading:
    return Reading([request_bytes("GET", "/api/v1/ping", target)])


def first_pages(target: Target, scopes: Sequence[str]) -> Reading:
    """First pages alone, of all-time and weekly boards: what most people read, and what is kept whole."""
    return _pages(target, scopes, [("all", 1), ("week", 1)])


def further_pages(target: Target, scopes: Sequence[str]) -> Reading:
    """Pages 2 to 10 of all-time boards, one after another."""
    return _pages(target, scopes, [("all", page) for page in range(2, 11)])


def board_pages(target: Target, scopes: Sequence[str]) -> Reading:
    """Pages of all-time, weekly and monthly boards, most often the very first, as people read them."""
    return _pages(target, scopes, [("all", 1), ("week", 1), ("all", 1), ("all", 2), ("month", 1), ("all", 3)])


def _pages(target: Target, scopes: Sequence[str], chosen: Sequence[tuple[str, int]]) -> Reading:
    paths = [
        f"/api/v1/leaderboards/{scope}?window={window}&page={page}&page_size=100"
        for scope in scopes
        for window, page in chosen
    ]
    return Reading([request_bytes("GET", path, target) for path in paths], marker=b'"results"')


def pages(target: Target, paths: Sequence[str]) -> Reading:
    """One page of the site after another, as a visitor without cookies gets them, compressed as browsers accept it."""
    headers = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    return Reading([request_bytes("GET", path, target, headers=headers) for path in paths])


def ranks(target: Target, scope: str, player_ids: Sequence[str]) -> Reading:
    """The rank of one player after another, with five neighbours each way."""
    shuffled = random.Random(7).sample(list(player_ids), len(player_ids))
    paths = [f"/api/v1/leaderboards/{scope}/players/{player_id}" for player_id in shuffled]
    return Reading([request_bytes("GET", path, target) for path in paths], marker=b'"rank"')


def dashboards(target: Target, player_ids: Sequence[str]) -> Reading:
    """The dashboard of one player after another."""
    paths = [f"/api/v1/players/{player_id}/dashboard" for player_id in player_ids]
    return Reading([request_bytes("GET", path, target) for path in paths], marker=b'"totals"')


def achievement_lists(target: Target, game_ids: Sequence[str]) -> Reading:
    """The first fifty achievements of one game after another, as anyone sees them."""
    paths = [f"/api/v1/games/{game_id}/achievements" for game_id in game_ids]
    return Reading([request_bytes("GET", path, target) for path in paths], marker=b'"results"')


def keyed_achievement_lists(target: Target, game_id: str, key: str) -> Reading:
    """The first fifty achievements of a game, as its server requests them."""
    return Reading([_keyed(target, f"/api/v1/games/{game_id}/achievements", key)], marker=b'"results"')


def unlocks_of_players(target: Target, player_ids: Sequence[str], key: str) -> Reading:
    """What one player after another has earned, as a game requests it at its start."""
    paths = [f"/api/v1/players/{player_id}/unlocks" for player_id in player_ids]
    return Reading([_keyed(target, path, key) for path in paths], marker=b'"results"')


def first_of_players(target: Target, path: str, player_ids: Sequence[str], key: str) -> Reading:
    """A list of one player after another, with {} for their id in the path, that was most likely never read.

    There are 40 lengths of page to a player, and each run takes others.
    """
    sign = "&" if "?" in path else "?"
    lengths = [(player_id, size) for player_id in player_ids for size in range(11, 51)]
    chosen = random.SystemRandom().sample(lengths, min(len(lengths), FIRST_MAX))
    paths = [f"{path.replace('{}', player_id)}{sign}page_size={size}" for player_id, size in chosen]
    return Reading([_keyed(target, each, key) for each in paths], marker=b'"results"')


def first_dashboards(target: Target, player_ids: Sequence[str]) -> Reading:
    """Dashboards that were most likely never read, as an id may be written in either case, and each run's are new."""
    choose = random.SystemRandom()
    chosen = [choose.choice(player_ids) for _ in range(FIRST_MAX)] if player_ids else []
    return dashboards(target, ["".join(choose.choice((sign, sign.upper())) for sign in each) for each in chosen])


def progress_of_players(target: Target, player_ids: Sequence[str], key: str) -> Reading:
    """What one player after another has under way, as a game requests it at its start."""
    paths = [f"/api/v1/players/{player_id}/progress" for player_id in player_ids]
    return Reading([_keyed(target, path, key) for path in paths], marker=b'"results"')


def lists_of_players(target: Target, game_id: str, player_ids: Sequence[str], key: str) -> Reading:
    """The first fifty achievements of a game and which of them a player has, for one player after another."""
    paths = [f"/api/v1/games/{game_id}/achievements?player_id={player_id}" for player_id in player_ids]
    return Reading([_keyed(target, path, key) for path in paths], marker=b'"results"')


def _keyed(target: Target, path: str, key: str) -> bytes:
    return request_bytes("GET", path, target, headers={"Authorization": f"Bearer {key}"})


class Progressing:
    """Increments with a request id of their own, for one player after another, far below the target."""

    weight = 1

    def __init__(self, target: Target, live_key: str, player_ids: Sequence[str], achievement_id: str) -> None:
        self._target = target
        self._headers = {"Authorization": f"Bearer {live_key}"}
        self._players = itertools.cycle(player_ids)
        self._achievement_id = achievement_id
        self._numbers = itertools.count()

    def next_request(self) -> tuple[bytes, object]:
        body = (
            f'{{"player_id":"{next(self._players)}","achievement_id":"{self._achievement_id}","verb":"increment",'
            f'"steps":1,"request_id":"bench-{next(self._numbers)}"}}'
        ).encode()
        return request_bytes("POST", PROGRESS_PATH, self._target, body=body, headers=self._headers), None

    def accepts(self, token: object, response: Response) -> bool:
        return response.status == 200


class Mixed:
    """Four reads and a write in turn, each taken from workloads in turn."""

    weight = 1

    def __init__(self, reads: Sequence[Workload], writes: Sequence[Workload]) -> None:
        reading, writing = itertools.cycle(reads), itertools.cycle(writes)
        self._turn = itertools.chain.from_iterable(
            [next(reading), next(reading), next(reading), next(reading), next(writing)] for _ in itertools.count()
        )

    def next_request(self) -> tuple[bytes, object]:
        workload = next(self._turn)
        request, token = workload.next_request()
        return request, (workload, token)

    def accepts(self, token: object, response: Response) -> bool:
        workload, inner = token  # type: ignore[misc]
        return bool(workload.accepts(inner, response))
