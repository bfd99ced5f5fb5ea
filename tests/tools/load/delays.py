"""How long after its 201 an unlock is seen: on the board, and by the player's socket."""

from collections import Counter
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from tests.tools.load.crowd import Crowd
from tests.tools.load.generator import Run, open_loop
from tests.tools.load.http_connection import Connection, Response, request_bytes
from tests.tools.load.recorder import NO_RESPONSE, Recorder, Summary
from tests.tools.load.targets import Target
from tests.tools.load.wire import Wire
from tests.tools.load.workloads import Pair, UnlockSingle

# A delay is measured by polling; this is how far off the reading can be, on top of the read itself.
POLL_SECONDS = 0.02
PROBES_PER_SECOND = 10
GIVE_UP_SECONDS = 15.0


@dataclass
class Delays:
    """Pairs answered 201, and when what follows from them was seen."""

    answered: dict[Pair, float] = field(default_factory=dict)
    seen: dict[Pair, float] = field(default_factory=dict)

    def summary(self, run: Run) -> Summary:
        """Return the delays after the warm-up, under the rate and with the errors of the unlocks they follow from.

        What was never seen counts as unanswered.
        """
        recorder = Recorder(errors=Counter(run.recorder.errors))
        for pair, answered_at in self.answered.items():
            if answered_at < run.recorder.started_at:
                continue
            if pair in self.seen:
                # The frame may overtake the response; that is no time at all.
                recorder.good(max(0.0, self.seen[pair] - answered_at))
            else:
                recorder.bad(NO_RESPONSE)
        return replace(recorder.summary(), rate=run.recorder.summary().rate)

    def take(self, player_id: str, frame: Any, moment: float) -> None:
        """Note an event of a player's socket."""
        if frame["kind"] == "own_unlock":
            self.seen[player_id.encode(), frame["data"]["achievement"]["id"].encode()] = moment

    def is_complete(self) -> bool:
        return len(self.seen) >= len(self.answered)


class _Watched:
    """First unlocks whose responses are noted."""

    weight = 1

    def __init__(self, workload: UnlockSingle, delays: Delays) -> None:
        self.next_request = workload.next_request
        self._delays = delays

    def accepts(self, token: object, response: Response) -> bool:
        if response.status == 201:
            self._delays.answered[token] = response.at  # type: ignore[index]
        return response.status == 201


def unlock_to_socket(
    wire: Wire, workload: UnlockSingle, crowd: Crowd, *, rate: float, seconds: float
) -> tuple[Run, Summary]:
    """Report unlocks of a crowd that is open; the workload must be its players'. Returns (the unlocks, the delays)."""
    delays = Delays()
    crowd.on_event = delays.take
    run = open_loop(wire, workload.target, _Watched(workload, delays), rate=rate, seconds=seconds)
    wire.run_until(delays.is_complete, perf_counter() + GIVE_UP_SECONDS)
    return run, delays.summary(run)


def send(wire: Wire, target: Target, request: bytes) -> Response:
    """Send one request and wait for its response."""
    responses: list[Response] = []
    connection = Connection(wire, target)
    connection.send(request, lambda _, response: responses.append(response))
    wire.run_until(lambda: bool(responses), perf_counter() + 10)
    connection.close()
    return responses[0] if responses else Response(NO_RESPONSE, b"", perf_counter())


class _Probing:
    """First unlocks, some of them of players who were on no board yet; those are looked for afterwards."""

    weight = 1

    def __init__(self, ordinary: UnlockSingle, probing: UnlockSingle, looker: "_Looker", *, every: int) -> None:
        self._ordinary, self._probing = ordinary, probing
        self._looker = looker
        self._every = every
        self._count = 0

    def next_request(self) -> tuple[bytes, Pair]:
        self._count += 1
        if self._count % self._every:
            return self._ordinary.next_request()
        request, pair = self._probing.next_request()
        self._looker.expect(pair)
        return request, pair

    def accepts(self, token: object, response: Response) -> bool:
        self._looker.answered(token, response)  # type: ignore[arg-type]
        return response.status == 201


class _Looker:
    """Requests a player's rank every POLL_SECONDS until it is there."""

    def __init__(self, wire: Wire, target: Target, scope: str, delays: Delays) -> None:
        self._wire, self._target, self._scope = wire, target, scope
        self._delays = delays
        self._expected: set[Pair] = set()
        self._spare: list[Connection] = []

    def expect(self, pair: Pair) -> None:
        self._expected.add(pair)

    def answered(self, pair: Pair, response: Response) -> None:
        if pair in self._expected and response.status == 201:
            self._delays.answered[pair] = response.at
            self._look(pair)

    def _look(self, pair: Pair) -> None:
        connection = self._spare.pop() if self._spare else Connection(self._wire, self._target)
        path = f"/api/v1/leaderboards/{self._scope}/players/{pair[0].decode()}?around=1"
        requested_at = perf_counter()

        def note(free: Connection, response: Response) -> None:
            self._spare.append(free)
            if response.status == 200:
                self._delays.seen[pair] = response.at
            elif response.at < self._delays.answered[pair] + GIVE_UP_SECONDS:
                self._wire.call_at(requested_at + POLL_SECONDS, lambda: self._look(pair))

        connection.send(request_bytes("GET", path, self._target), note)

    def close(self) -> None:
        for connection in self._spare:
            connection.close()


def unlock_to_board(
    wire: Wire, ordinary: UnlockSingle, probing: UnlockSingle, scope: str, *, rate: float, seconds: float
) -> tuple[Run, Summary]:
    """Report unlocks and look for those of `probing`, whose players are on no board yet, on the scope's board."""
    target, delays = ordinary.target, Delays()
    looker = _Looker(wire, target, scope, delays)
    every = max(1, round(rate / PROBES_PER_SECOND))
    try:
        workload = _Probing(ordinary, probing, looker, every=every)
        run = open_loop(wire, target, workload, rate=rate, seconds=seconds)
        wire.run_until(delays.is_complete, perf_counter() + GIVE_UP_SECONDS)
    finally:
        looker.close()
    return run, delays.summary(run)
