"""House rules that a machine can check."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

from achievements_site.celery import app as celery
from achievements_site.schedule import SCHEDULE
from apps.local.supervisor.parts import QUEUES
from tests.rules.documents import files

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = [
    path
    for folder in ("apps", "achievements_site")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]

# Of a model or form, and a command of manage.py.
NAMED_BY_DJANGO = {"Meta", "Command"}


def test_every_models_plural_is_one() -> None:
    plurals = {
        str(model._meta.verbose_name_plural) for model in apps.get_models() if model.__module__.startswith("apps.")
    }

    assert {name for name in plurals if re.search(r"[^aeiou]ys$|(?<!progre)ss$|xs$", name)} == set()
    assert len(plurals) > 60


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 40}

    assert text.count("\n") <= 350
    assert long == set()


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.stat().st_size], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_no_class_name_stands_for_two_things() -> None:
    classes = Counter(
        node.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name not in NAMED_BY_DJANGO
    )

    assert [name for name, count in classes.items() if count > 1] == []


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if "views" in path.parts or path.stem == "views"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_views_leave_errors_to_those_who_turn_them_into_answers(path: Path) -> None:
    """core/http/problems.py and core/http/pages.py."""
    assert [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Try)] == []


def test_no_module_is_a_drawer() -> None:
    assert [path for path in SOURCES if path.stem in {"utils", "helpers", "common"}] == []


def names_in(text: str) -> Iterator[str]:
    """All names in a text, of whatever kind, and the strings that are a single word, such as keys."""
    for node in ast.walk(ast.parse(text)):
        for member in ("id", "attr", "name", "arg", "asname", "module"):
            if isinstance(name := getattr(node, member, None), str):
                yield name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            yield node.value


def words_of(names: Iterable[str]) -> Iterator[str]:
    """The words that names are made of, in the singular."""
    for name in names:
        for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name):
            yield word.lower().removesuffix("s")


def test_core_knows_no_player_game_or_board_but_as_a_caller() -> None:
    subjects = {"player", "game", "board", "studio", "achievement", "unlock", "standing", "friend", "webhook"}

    found = {
        str(path.relative_to(ROOT / "apps/core"))
        for path in SOURCES
        if path.is_relative_to(ROOT / "apps/core") and subjects & set(words_of(names_in(path.read_text())))
    }

    # The list of codes names what errors of all apps are about.
    assert found == {"api/auth/callers.py", "api/openapi/error_codes.py"}


@pytest.mark.parametrize(("words", "a_thousand_lines"), [(r"\bAny\b", 10.0), (r"type: ignore", 0.9)])
def test_what_the_type_checker_does_not_see_grows_no_more(words: str, a_thousand_lines: float) -> None:
    """Words in a thousand lines: 9.9 and 0.8 on 2026-11-29; lower them with each that goes."""
    text = "".join(path.read_text() for path in SOURCES)

    assert 1000 * len(re.findall(words, text)) / text.count("\n") <= a_thousand_lines


def test_no_file_is_another_ones_double() -> None:
    contents: dict[bytes, list[str]] = {}
    for path in files():
        # A licence goes with each package that is published, and says the same.
        if path.stat().st_size and not path.is_symlink() and path.name != "LICENSE":
            contents.setdefault(sha256(path.read_bytes()).digest(), []).append(str(path.relative_to(ROOT)))

    assert [names for names in contents.values() if len(names) > 1] == []


def test_what_the_linter_passes_over_is_listed_once() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]

    for codes in (lint["ignore"], *lint["per-file-ignores"].values()):
        assert [code for code, count in Counter(codes).items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(SCHEDULE))
def test_scheduled_jobs_resolve_and_have_limits(name: str) -> None:
    celery.autodiscover_tasks(force=True)
    entry = SCHEDULE[name]
    task = celery.tasks[entry["task"]]

    assert import_string(entry["task"]) is not None
    assert 0 < task.soft_time_limit < task.time_limit
    assert entry["options"]["queue"] in QUEUES.split(",")
    assert entry["options"]["expires"] > 0


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_limit_that_locks_is_carried_out_once(path: Path) -> None:
    """`= ANY (ARRAY(SELECT ...))` is; `IN (SELECT ...)` may run once a row.

    Rows that have changed by then make room for others: more than the limit.
    """
    assert [found for found in _selects_in(path.read_text()) if "LIMIT" in found and "FOR " in found] == []


def _selects_in(text: str) -> Iterator[str]:
    """The sub-selects of all `IN (SELECT ...)` in a text."""
    for match in re.finditer(r"\bIN \(\s*(?=SELECT\b)", text):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[match.end() : end]
