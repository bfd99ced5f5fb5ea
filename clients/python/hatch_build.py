"""Builds the package from the API's description in a temporary folder, so that a checkout stays as it was."""

import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GeneratedPackage(BuildHookInterface):  # type: ignore[misc]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="laurel-client-")
        package = Path(self.folder.name) / "laurel_client"
        subprocess.run([sys.executable, Path(self.root) / "generate.py", package], check=True)
        build_data["force_include"][str(package)] = "laurel_client"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self.folder.cleanup()


def remove_own_bytecode() -> None:
    """Remove what Python has written beside this file to load it, before hatchling goes on."""
    bytecode = Path(cache_from_source(__file__))
    bytecode.unlink(missing_ok=True)
    with suppress(OSError):
        bytecode.parent.rmdir()


remove_own_bytecode()
