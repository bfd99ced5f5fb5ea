"""Every code the API can answer has its line on the page that explains codes."""

import ast
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from django.test import Client

from apps.core.api.openapi.document import document
from apps.core.api.openapi.error_codes import ERROR_CODES, FLAW_CODES
from apps.core.api.wire.inputs import AnySerializer
from apps.core.errors import ConflictError, DomainError, InvalidError, NotFoundError
from apps.core.http.problems import TITLES
from apps.core.parsing.sentences import _BY_CODE
from apps.players.errors import OwnerNeededError
from tests.supervised import CHECKOUT

BASES = {DomainError, ConflictError, InvalidError, NotFoundError}
FLAWS = {flaw.code for flaw in FLAW_CODES}
# Of fields whose types are checked first, or that read days and times by our own rules.
NEVER_MET = {"date", "datetime", "make_aware", "not_a_dict", "not_a_list", "overflow"}
PROBLEMS = ("Problem", "ProblemDetail")
LISTED = {error.code: error.status for error in ERROR_CODES}


def subclasses_of(base: type[Any]) -> Iterator[type[Any]]:
    for child in base.__subclasses__():
        yield child
        yield from subclasses_of(child)


def unlisted(errors: Iterable[type[DomainError]]) -> dict[str, int]:
    """Return the codes with their statuses that these errors answer and the page does not list so."""
    # Errors of pages alone never leave as problems; who owns a studio is decided in the admin.
    raised = {
        error.code: error.status
        for error in errors
        if error not in {*BASES, OwnerNeededError}
        and "code" in vars(error)
        and not error.__module__.startswith(("apps.portal", "apps.web"))
    }
    return dict(raised.items() - LISTED.items())


def test_every_error_of_the_api_is_listed_with_its_status() -> None:
    import_module("achievements_site.urls")

    assert unlisted(subclasses_of(DomainError)) == {}
    assert LISTED.items() >= {"invalid_key": 401, "key_revoked": 401}.items()
    assert len(LISTED) == len(ERROR_CODES)


def test_every_code_is_in_the_description_and_on_the_page(db: None) -> None:
    schemas: Any = document()["components"]
    said = {name: schemas["schemas"][name]["properties"]["code"]["description"] for name in PROBLEMS}
    page = Client().get("/docs/errors/").content.decode()

    assert [code for code in LISTED if f"`{code}`" not in said[PROBLEMS[0]] or f'id="{code}"' not in page] == []
    assert [code for code in FLAWS if f"`{code}`" not in said[PROBLEMS[1]] or f'id="flaw-{code}"' not in page] == []
    assert len(FLAWS) == len(FLAW_CODES)
    assert FLAWS & LISTED.keys() == {"invalid"}


def test_every_operation_that_reads_a_token_says_that_it_may_be_revoked() -> None:
    described = [
        operation["responses"]["401"]["description"]
        for item in document()["paths"].values()  # type: ignore[attr-defined]
        for operation in item.values()
        if isinstance(operation, dict) and "401" in operation["responses"]
    ]

    assert described
    assert [words for words in described if "`token_expired`" in words and "`token_revoked`" not in words] == []


def test_every_code_of_a_flaw_is_listed() -> None:
    import_module("achievements_site.urls")

    assert codes_in_source() - FLAWS - LISTED.keys() == set()
    assert codes_of_fields() - FLAWS - NEVER_MET == set()
    # No line outlives its code.
    assert FLAWS - codes_in_source() - codes_of_fields() == set()


def codes_in_source() -> set[str]:
    """Return the codes that our calls and sentences name, outside of pages."""
    found = set()
    for file in (CHECKOUT / "apps").rglob("*.py"):
        if file.relative_to(CHECKOUT / "apps").parts[0] in {"demo", "local", "portal", "web"}:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found |= set(_codes_of(node))
        if file.name == "sentences.py":
            found |= set(_BY_CODE)
    return found


def _codes_of(node: ast.AST) -> Iterator[str]:
    """Yield the code that a call gives to a flaw, or that a function returns with its sentence."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        at = {"Flaw": 1, "Problem": 1, "_add": 1, "_refusal": 2, "ErrorDetail": 1, "mistake": 0, "fail": 0}.get(name)
        if name == "ValidationError":
            yield from (code for word in node.keywords for code in _texts(word.value))
            at = 1
        if at is not None and len(node.args) > at:
            yield from _texts(node.args[at])
    if isinstance(node, ast.FunctionDef) and node.returns is not None and "Mistake" in ast.unparse(node.returns):
        for inner in ast.walk(node):
            yield from _texts(inner.elts[0]) if isinstance(inner, ast.Tuple) else ()


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def codes_of_fields() -> set[str]:
    """Return the codes that fields of requests can give, and their validators."""
    codes: set[str] = set()
    for serializer in subclasses_of(AnySerializer):
        if not serializer.__module__.startswith("apps."):
            continue
        fields = [field for field in serializer().fields.values() if not field.read_only]
        for field in (*fields, *(field.child for field in fields if hasattr(field, "child"))):
            codes |= {*field.error_messages, *(getattr(each, "code", "invalid") for each in field.validators)}
    return codes


def test_every_status_of_a_problem_has_its_title() -> None:
    assert {error.status for error in ERROR_CODES} - TITLES.keys() == set()


def test_the_type_of_a_problem_leads_to_its_line(db: None) -> None:
    client = Client()
    problem = client.get("/api/v1/nothing").json()

    page = client.get(problem["type"].partition("#")[0])

    assert problem["code"] == "not_found"
    assert f'id="{problem["code"]}"' in page.content.decode()
