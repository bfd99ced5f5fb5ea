"""Socket tickets in bulk: a process beside the stack writes them where its web looks, which costs the web nothing.

Run as `python -m tests.tools.load.tickets GAME_ID`, it answers each line of player ids with a line of secrets.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from uuid import UUID

from tests.supervised import CHECKOUT, Stack

# Requested one lot ahead: far from the 30 s a ticket lives, and nothing has to wait for the next one.
LOT = 100


class Tickets:
    """The other end of that process."""

    def __init__(self, stack: Stack, game_id: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.tools.load.tickets", game_id],
            cwd=CHECKOUT,
            # A request gives Redis 100 ms; this may wait.
            env={**os.environ, **stack.environment, "REDIS_TIMEOUT_SECONDS": "5"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._response()

    def paths(self, player_ids: Sequence[str]) -> Iterator[str]:
        """Return for each player where a socket of theirs opens, once. Raises: ConnectionError."""
        lots = [player_ids[start : start + LOT] for start in range(0, len(player_ids), LOT)]
        self._request(lots[0])
        for following in [*lots[1:], []]:
            secrets = self._response()
            self._request(following)
            yield from (f"/ws/notifications/?ticket={secret}" for secret in secrets)

    def close(self) -> None:
        self._process.communicate(timeout=10)

    def _request(self, player_ids: Sequence[str]) -> None:
        if player_ids and self._process.stdin:
            self._process.stdin.write(" ".join(player_ids) + "\n")
            self._process.stdin.flush()

    def _response(self) -> list[str]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise ConnectionError("No tickets: their process has ended, and said why above.")
        return line.split()


def main(game_id: str) -> None:
    import django

    django.setup()
    from apps.games.auth.credentials import Credentials
    from apps.notifications.connections.tickets import issue

    # Ready: nobody has to wait for this while a clock runs.
    sys.stdout.write("\n")
    sys.stdout.flush()
    for line in sys.stdin:
        secrets = [issue(Credentials(UUID(player_id), UUID(game_id))) for player_id in line.split()]
        sys.stdout.write(" ".join(secrets) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
