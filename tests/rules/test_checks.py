"""Every check is in the run of each change or in the full test: none is only there to be called by hand."""

import re
import tomllib

from tests.supervised import CHECKOUT

MAKEFILE = (CHECKOUT / "Makefile").read_text()
CI = (CHECKOUT / ".ci/run").read_text()
PYTEST = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:[\t#].*\n)+)", MAKEFILE, re.MULTILINE)
    assert found, target
    return found[1]


def test_what_make_test_leaves_out_is_run_with_each_change_or_in_the_full_test() -> None:
    left_out = set(re.findall(r"not (\w+)", PYTEST["addopts"].split("-m ")[1])) - {"full"}

    for marker in left_out:
        targets = re.findall(rf'^([a-z-]+):(?:.*\n\t)+?.*-m "{marker} and not full"', MAKEFILE, re.MULTILINE)
        assert targets, marker
        assert f"make {targets[0]}" in CI, marker
    assert "-m full" in recipe("full-test")


def test_each_change_is_linted_typed_and_held_against_its_migrations() -> None:
    assert "lint types migrations-check" in CI
    assert "make test" in CI
    for check in ("ruff check", "lint-imports", "tests.api.breaking"):
        assert check in recipe("lint")
