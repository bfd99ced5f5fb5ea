"""Every string in Python that people read is marked for translation.

Pages, emails, messages, notifications and the details of problems. Not marked are what only programmers and operators
read: log events, errors in our own code, the API's description, metrics, what commands print, and the demo's data.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# Terminal output, and games and people of our own invention.
OUTSIDE = ("/migrations/", "/management/", "apps/local/", "apps/demo/")
OUTSIDE += (
    "apps/analytics/capacity.py",  # the report of a command
    "apps/core/api/openapi/",
    "apps/core/database/",  # what operators read when they migrate or start
    "apps/core/web_processes/",  # as are these, in a log
    "apps/notifications/connections/asyncapi.py",  # as OpenAPI, of the sockets
    "apps/web/examples/values.py",  # what the API's examples hold
    "/checks.py",  # what `manage.py check` says
    "/metrics.py",
)
PATHS = [
    path
    for path in sorted((ROOT / "apps").rglob("*.py"))
    if not any(part in str(path.relative_to(ROOT)) for part in OUTSIDE)
]

# Constants that OpenAPI shows, and what distinguishes signatures and ciphers.
CONSTANTS = {"__all__", "tags", "_MASKED", "_colour", "_url", "SALT", "_PURPOSE", "_SESSION", "_PREFIX", "SCHEMES"}
MARKS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "_"}
# Errors that no view answers with: they end in a log, or in a traceback.
PROGRAMMERS_ERRORS = {
    "ConnectionError", "SlotNotReadyError", "OSError", "RuntimeError", "TypeError", "UnequalSumsError",
    "ValueError",
}  # fmt: skip
# OpenAPI, and types by name.
DESCRIBING = {
    "OpenApiExample", "OpenApiParameter", "OpenApiResponse", "TypeVar", "cast", "operation", "query", "type",
}  # fmt: skip

# SQL by its words in capitals, scripts of Redis, lists of names, headers, frames of streams, JSON, HTML.
CODE = re.compile(
    r"\b(?:SELECT|FROM|WHERE|JOIN|AND|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|SET|EXPLAIN|REFRESH|ASC|DESC)\b|redis\.call"
    r"|\A\(?[\w-]+(?:, \"?[\w-]+\"?)+\)?(?:\Z|[=;])|\A[a-z]+/[a-z-]+;|\A[a-z]+: {|\A\s*(?:{\n|<)|\Acurl |\ABearer\Z"
)
SENTENCE = re.compile(r"[a-z]{2}[,.:;]? +{?\w|[A-Za-z']{2}[.?!]\Z|\A[A-Z][a-z]+ ")
WORD = re.compile(r"[A-Z][a-z]+\Z")
SHOWN_KEYWORDS = {"label", "help_text", "placeholder", "title"}

# From the nearest on, each with the name of the field that leads down.
Ancestors = list[tuple[ast.AST, str]]


def unmarked(source: str) -> list[str]:
    """Return the strings of a module that people read and no translation reaches, with their lines."""
    tree = ast.parse(source)
    above = _parents(tree)
    return [
        f"{node.lineno}: {text}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and (text := _text_of(node)) is not None
        and _is_shown(text, ancestors := list(_ancestors(node, above)))
        and not any(_is_exempt(parent, field) for parent, field in ancestors)
    ] + [f"{node.lineno}: a field without a label" for node in ast.walk(tree) if _is_unlabelled(node)]


def _parents(tree: ast.AST) -> dict[ast.AST, tuple[ast.AST, str]]:
    return {
        child: (node, field)
        for node in ast.walk(tree)
        for field, value in ast.iter_fields(node)
        for child in (value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    }


def _ancestors(node: ast.AST, above: dict[ast.AST, tuple[ast.AST, str]]) -> Iterator[tuple[ast.AST, str]]:
    while node in above:
        node, field = above[node]
        yield node, field


def _text_of(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node.value, str) else None


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _owner(node: ast.AST) -> str:
    """Return `forms` for a call of forms.CharField."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function.value, "id", "") if isinstance(function, ast.Attribute) else ""


def _is_exempt(above: ast.AST, field: str) -> bool:
    if isinstance(above, ast.Call):
        is_serializers = _called(above).endswith(("Field", "Serializer")) and not _is_form_field(above)
        is_described = is_serializers or _owner(above) in {"log", "structlog"} or _called(above) in DESCRIBING
        return is_described or _called(above) in MARKS | PROGRAMMERS_ERRORS
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        return above.targets[0].id in CONSTANTS
    is_docstring = isinstance(above, ast.Expr) and isinstance(above.value, ast.Constant)
    return is_docstring or field in {"annotation", "returns"}


def _is_shown(text: str, ancestors: Ancestors) -> bool:
    if CODE.search(text) or isinstance(ancestors[0][0], ast.JoinedStr | ast.FormattedValue):
        return False
    return SENTENCE.search(text) is not None or (WORD.match(text) is not None and _is_word_of_page(ancestors))


def _is_word_of_page(ancestors: Ancestors) -> bool:
    """Whether a single word stands where labels do: names of headers and classes look the same."""
    above, field = ancestors[0]
    if isinstance(above, ast.keyword):
        return above.arg in SHOWN_KEYWORDS
    classes = [item for item, _ in ancestors if isinstance(item, ast.ClassDef)]
    bases = {base.attr for item in classes for base in item.bases if isinstance(base, ast.Attribute)}
    is_choice = isinstance(above, ast.Tuple) and bool(bases & {"TextChoices", "IntegerChoices"})
    return is_choice or isinstance(above, ast.Return | ast.IfExp) or (isinstance(above, ast.Dict) and field == "values")


def _is_unlabelled(node: ast.AST) -> bool:
    """Whether a field of a form would be labelled with its name in code."""
    return _is_form_field(node) and not any(item.arg == "label" for item in node.keywords)


def _is_form_field(node: ast.AST) -> TypeGuard[ast.Call]:
    is_plain = _owner(node) == "forms" and _called(node).endswith("Field")
    return is_plain or _called(node) in {"NameFormField", "PictureField"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_string_that_people_read_is_marked_for_translation(path: Path) -> None:
    assert unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('messages.success(request, "Saved. Players keep it.")', ["1: Saved. Players keep it."]),
        ('done = f"{name} is published."', ["1: {} is published."]),
        ('class GoneError(NotFoundError):\n    detail = "It is gone."', ["2: It is gone."]),
        ('class State(models.TextChoices):\n    DRAFT = "draft", "Draft"', ["2: Draft"]),
        ('roads = {"inbox": "Inbox"}', ["1: Inbox"]),
        ('return_to = forms.CharField(label="Address")', ["1: Address"]),
        ("tagline = NameFormField(max_length=40)", ["1: a field without a label"]),
        ('raise InvalidError(f"{name} must be a UUID.")', ["1: {} must be a UUID."]),
        ('raise InvalidError(gettext("{name} must be a UUID.").format(name=name))', []),
        ('raise ValueError(f"Two jobs are named {name}.")', []),
        ('log.info("job.done", note="All of it is done.")', []),
        ('"""A module, in words."""\nkey = serializers.CharField(help_text="As ACH_FIRST_LIGHT.")', []),
        ('cursor.execute("SELECT name FROM game WHERE id = %s")\nheaders["Vary"] = "Authorization, Cookie"', []),
    ],
)
def test_the_rule_finds_what_people_read_and_nothing_else(source: str, found: list[str]) -> None:
    assert unmarked(source) == found
