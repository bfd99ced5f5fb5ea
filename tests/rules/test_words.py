"""Names, comments and docstrings use the words that docs/words.md lists for code."""

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.rules.documents import ROOT, files

# Names that are not ours to choose, or that callers of the API know.
ALLOWED = {
    "gather": "asyncio's",
    "tell": "a file's position, in Python's own words",
    "told_count": "a member of announcements in the API",
    "kept_count": "a member of revocations in the API",
    "is_kept": "an unlock that a revocation took and that stays revoked: the column behind kept_count",
}
FOLDERS = ("apps/", "achievements_site/", "tests/", "clients/js/", "static/js/")
NOT_OURS = re.compile(r"/migrations/|/vendor/")

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
STATEMENT = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE)\b")
# A comment, a literal, or a name.
SQL = re.compile(r"(--[^\n]*)|'(?:[^']|'')*'|(\w+)")
JS = re.compile(
    r"""(//[^\n]*|/\*.*?\*/)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|([\w$]+)""", re.DOTALL
)


@cache
def forbidden() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that nothing may use, and those that names may not use."""
    _, _, section = (ROOT / "docs/words.md").read_text().partition("| Use in code | Not |\n|---|---|\n")
    cells = [row.rsplit("|", 2)[1].strip() for row in section.partition("\n\n")[0].splitlines()]
    words = {word for cell in cells if "(" not in cell for word in cell.split(", ")}
    return frozenset(words), frozenset(words | {cell.partition(" (")[0] for cell in cells if "(" in cell})


def wrong_names(text: str) -> Iterator[str]:
    for name in re.findall(r"\w+", text):
        if name not in ALLOWED and any(word.lower() in forbidden()[1] for word in WORD.findall(name)):
            yield name


def wrong_words(prose: str) -> Iterator[str]:
    """Yield what is wrong in a comment: its words, and the names that it mentions."""
    for text in re.findall(r"\w+", prose):
        if len(WORD.findall(text)) > 1:
            yield from wrong_names(text)
        elif text.lower() in forbidden()[0] and text not in ALLOWED:
            yield text


def of_python(text: str) -> Iterator[str]:
    is_first = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield from wrong_names(token.string)
        elif token.type == tokenize.COMMENT or (token.type == tokenize.STRING and is_first):
            yield from wrong_words(token.string)
        elif token.type == tokenize.STRING and STATEMENT.search(token.string):
            yield from of_other(SQL, token.string.strip("\"'"))
        if token.type not in {tokenize.NL, tokenize.COMMENT}:
            is_first = token.type in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


def of_other(language: re.Pattern[str], text: str) -> Iterator[str]:
    for comment, name in language.findall(text):
        yield from wrong_words(comment)
        yield from wrong_names(name)


READERS = {
    ".py": of_python,
    ".sql": lambda text: of_other(SQL, text),
    ".js": lambda text: of_other(JS, text),
    ".ts": lambda text: of_other(JS, text),
}


def ours() -> list[Path]:
    paths = [(path, f"/{path.relative_to(ROOT).as_posix()}") for path in files() if path.suffix in READERS]
    ours = [path for path, name in paths if name[1:].startswith(FOLDERS) and not NOT_OURS.search(name)]
    # The samples below are wrong on purpose.
    return [path for path in ours if path != Path(__file__)]


def test_code_uses_none_of_the_words_that_have_a_better_one() -> None:
    # Most files have none, and a search is a hundred times as fast as reading their tokens.
    small = "|".join(sorted(forbidden()[1]))
    suspect = re.compile(rf"(?<![A-Za-z])(?:{small}|{small.upper()})(?![a-z])|(?:{small.title()})(?![a-z])")
    texts = {path: path.read_text() for path in ours()}

    found = {
        str(path.relative_to(ROOT)): wrong
        for path, text in texts.items()
        if suspect.search(text) and (wrong := sorted(set(READERS[path.suffix](text))))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("suffix", "text", "found"),
    [
        (".py", "def is_told() -> None: ...", ["is_told"]),
        (".py", "class KeptPage: ...", ["KeptPage"]),
        (".py", "x = 1  # Nobody is told.", ["told"]),
        (".py", "# What is kept for 30 days, far away.", []),
        (".py", '"""Raises: RedisAwayError."""', ["RedisAwayError"]),
        (".py", 'def f():\n    """Ask Redis."""\n', ["Ask"]),
        (".py", 'ROWS = """\nSELECT asked.id FROM asked"""\n', ["asked", "asked"]),
        (".py", 'label = "Ask an owner."', []),
        (".py", "masked = await asyncio.gather(task)", []),
        (".sql", "-- The server is asked.\nSELECT 'told' AS heard", ["asked", "heard"]),
        (".js", "this.#tellAll(); // It's heard.\nconst x = 'told';", ["tellAll", "heard"]),
        (".js", "/** Who forgets\n * it. */ const wasAway = `told`;", ["forgets", "wasAway"]),
    ],
)
def test_the_rule_finds_names_and_prose(suffix: str, text: str, found: list[str]) -> None:
    assert list(READERS[suffix](text)) == found
