"""Writing the Python client from the API's description: `make schema`, and the test that it was."""

import os
import subprocess
import sys
from pathlib import Path

from tests.supervised import CHECKOUT

HOME = CHECKOUT / "clients/python"
PACKAGE = HOME / "laurel_client"


def generate(target: Path) -> None:
    """Write the package into the folder `target`, replacing what is there."""
    command = [
        sys.executable, "-m", "openapi_python_client", "generate",
        "--path", str(CHECKOUT / "tests/api/schema.json"), "--config", str(HOME / "generator.yaml"),
        "--meta", "none", "--output-path", str(target), "--overwrite",
    ]  # fmt: skip
    # The generator calls ruff by its name.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, check=True, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL)
    (target / "py.typed").touch()


if __name__ == "__main__":
    generate(PACKAGE)
    sys.stdout.write(f"wrote {PACKAGE.relative_to(CHECKOUT)}: {len(list(PACKAGE.rglob('*.py')))} modules\n")
