"""The Python client as its own build makes it from the API's description, cached until the description changes."""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from tests.supervised import CHECKOUT

HOME = CHECKOUT / "clients/python"
SOURCES = (CHECKOUT / "clients/openapi.json", HOME / "generate.py", HOME / "generator.yaml")


def generated(folder: Path) -> Path:
    """Return `folder` with the package laurel_client in it, made anew (4 s) when what it is made from has changed."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, digest = folder / "made-from", hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text() == digest):
            subprocess.run(
                [sys.executable, HOME / "generate.py", folder / "laurel_client"], check=True, capture_output=True
            )
            stamp.write_text(digest)
    return folder
