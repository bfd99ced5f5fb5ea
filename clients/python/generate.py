"""Writes the package laurel_client from the API's description: the build runs it, and Laurel's own tests."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
# In a checkout of Laurel it lies beside all clients, in a source distribution beside this file.
DESCRIPTIONS = (HERE.parent / "openapi.json", HERE / "openapi.json")


def main(target: str) -> None:
    """Write the package into the folder `target`, replacing what is there."""
    description = next(path for path in DESCRIPTIONS if path.exists())
    command = [
        sys.executable, "-m", "openapi_python_client", "generate",
        "--path", str(description), "--config", str(HERE / "generator.yaml"),
        "--meta", "none", "--output-path", target, "--overwrite", "--fail-on-warning",
    ]  # fmt: skip
    # The generator calls ruff by its name.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    subprocess.run(command, check=True, env={**os.environ, "PATH": path}, stdout=sys.stderr)
    (Path(target) / "py.typed").touch()


if __name__ == "__main__":
    main(sys.argv[1])
