"""What a measurement was made on: figures mean nothing without it."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer and the revision measured."""

    cores: int
    cpu: str
    python: str
    revision: str

    def line(self) -> str:
        return f"{self.cores} cores, {self.cpu}, Python {self.python}, revision {self.revision}"


def this_machine() -> Machine:
    return Machine(len(os.sched_getaffinity(0)), _cpu_model(), platform.python_version(), _revision())


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _revision() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(Path(__file__).parent), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    revision = git("rev-parse", "--short", "HEAD")
    if not revision:
        return "unknown"
    return f"{revision} with changes" if git("status", "--porcelain", "--untracked-files=no") else revision
