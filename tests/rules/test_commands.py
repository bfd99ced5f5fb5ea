"""The commands of the Makefile start by themselves: without Django's settings, which the stack they start has."""

import os
import re
import subprocess
import sys

import pytest

from tests.supervised import CHECKOUT

COMMANDS = sorted(set(re.findall(r"\$\(PY\) -m (tests\.[\w.]+) \$\(ARGS\)", (CHECKOUT / "Makefile").read_text())))


def test_the_makefile_has_commands_with_options() -> None:
    assert {"tests.api.fuzz", "tests.tools.chaos.run", "tests.tools.load.bench"} <= set(COMMANDS)


@pytest.mark.parametrize("module", COMMANDS)
def test_a_command_says_how_it_is_used(module: str) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    shown = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=CHECKOUT, env=bare, capture_output=True, text=True, check=False
    )

    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("usage: ")
