"""Every code the API can answer has its line on the page that explains codes."""

from collections.abc import Iterable, Iterator
from importlib import import_module

from django.test import Client

from apps.core.errors import ConflictError, DomainError, InvalidError, NotFoundError
from apps.core.http.problems import TITLES
from apps.web.queries.error_codes import ERROR_CODES

BASES = {DomainError, ConflictError, InvalidError, NotFoundError}
LISTED = {error.code: error.status for error in ERROR_CODES}


def subclasses(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in error.__subclasses__():
        yield child
        yield from subclasses(child)


def unlisted(errors: Iterable[type[DomainError]]) -> dict[str, int]:
    """Return the codes with their statuses that these errors answer and the page does not list so."""
    # Errors of pages alone never leave as problems.
    raised = {
        error.code: error.status
        for error in errors
        if error not in BASES
        and "code" in vars(error)
        and not error.__module__.startswith(("apps.players.", "apps.portal", "apps.web"))
    }
    return dict(raised.items() - LISTED.items())


def test_every_error_of_the_api_is_listed_with_its_status() -> None:
    import_module("achievements_site.urls")

    assert unlisted(subclasses(DomainError)) == {}
    assert LISTED.items() >= {"invalid_key": 401, "key_revoked": 401}.items()
    assert len(LISTED) == len(ERROR_CODES)


def test_every_status_of_a_problem_has_its_title() -> None:
    assert {error.status for error in ERROR_CODES} - TITLES.keys() == set()


def test_the_type_of_a_problem_leads_to_its_line(db: None) -> None:
    client = Client()
    problem = client.get("/api/v1/nothing").json()

    page = client.get(problem["type"].partition("#")[0])

    assert problem["code"] == "not_found"
    assert f'id="{problem["code"]}"' in page.content.decode()
