"""Creates .venv with plain Python: run as a script by the Makefile, before anything is installed."""

import hashlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
STAMP = VENV / "installed.json"
TICK_SECONDS = 0.5
PINNED = re.compile(r"^[A-Za-z0-9][\w.\-]*==", re.MULTILINE)


def main(requirements: list[str]) -> int:
    """Install the requirement files that are not installed yet, in order."""
    installed = _installed()
    if installed is None:
        _say("Making .venv ...")
        if not _make_venv():
            return 1
        installed = {}
    for name in requirements:
        digest = hashlib.sha256((CHECKOUT / name).read_bytes()).hexdigest()
        if installed.get(name) == digest:
            continue
        if not _install(name):
            return 1
        installed[name] = digest
        _remember(installed)
    return 0


def _installed() -> dict[str, str] | None:
    """Return the environment's contents, None when it is missing, incomplete or for another Python."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return None
    if stamp.get("python") != sys.version or not (VENV / "bin" / "python").exists():
        return None
    return dict(stamp["requirements"])


def _remember(installed: dict[str, str]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({"python": sys.version, "requirements": installed}))
    fresh.replace(STAMP)


def _make_venv() -> bool:
    run = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if run.returncode == 0:
        return True
    _say(run.stdout + run.stderr)
    _say(
        f"{sys.executable} can't make virtual environments. On Debian and Ubuntu: apt install python3-venv\n"
        "Or name another Python 3.11 to 3.13: make run PYTHON=/path/to/python3"
    )
    return False


def _install(name: str) -> bool:
    total = len(PINNED.findall((CHECKOUT / name).read_text()))
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--prefer-binary"]
    # Python compiles modules on import; compiling everything at once took a third of the install.
    command += ["--no-compile", "--no-input", "--progress-bar", "off", "--disable-pip-version-check", "-r", name]
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    lines = _show_progress(process, name, total, began)
    if process.wait() == 0:
        _report(f"Installed {total} packages of {name} in {time.monotonic() - began:.0f} s", is_last=True)
        return True
    _report(f"pip could not install {name}; the end of what it said:", is_last=True)
    _say("\n".join(line for line in lines[-15:]))
    return False


def _show_progress(process: "subprocess.Popen[str]", name: str, total: int, began: float) -> list[str]:
    """Condense pip's output into one moving line; return the output."""
    arriving: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_pass_on, args=(process, arriving), daemon=True).start()
    lines: list[str] = []
    doing, count = "looking for packages", 0
    while True:
        try:
            line = arriving.get(timeout=TICK_SECONDS)
        except queue.Empty:
            line = ""
        if line is None:
            return lines
        if line:
            lines.append(line.rstrip())
        if line.startswith("Collecting "):
            count += 1
            doing = line.split()[1].partition("==")[0]
        elif line.startswith("Installing collected packages"):
            doing = "putting them in place"
        _report(f"Installing {name}: {min(count, total)}/{total} {doing} ({time.monotonic() - began:.0f} s)")


def _pass_on(process: "subprocess.Popen[str]", arriving: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        arriving.put(line)
    arriving.put(None)


_reported_at = 0.0


def _report(text: str, *, is_last: bool = False) -> None:
    """Rewrite the current line on a terminal; elsewhere print every ten seconds, and at the end."""
    global _reported_at  # noqa: PLW0603 - one terminal, one clock
    if sys.stdout.isatty():
        width = os.get_terminal_size().columns
        sys.stdout.write(f"\r{text[: width - 1]:<{width - 1}}" + ("\n" if is_last else ""))
        sys.stdout.flush()
    elif is_last or time.monotonic() - _reported_at >= 10:
        _reported_at = time.monotonic()
        _say(text)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        _say("\nStopped; the next start goes on from here.")
        sys.exit(130)
