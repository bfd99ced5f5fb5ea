"""The check of documents that `make lint` runs finds what is wrong, and finds nothing here."""

from pathlib import Path

import pytest

from tests.rules import documents

PAGE = """# A page

## The *first* part

[fine](other.md), [a part](other.md#two-words), [here](#the-first-part), [elsewhere](https://example.org/x.md)

```
[not a link](gone.md) and `apps/gone.py`
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "other.md").write_text("# Other\n\n## Two words\n\n## Two words\n")
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    return page


def test_documents_point_at_what_exists() -> None:
    assert documents.problems() == []


def test_links_to_files_and_headings_that_exist_are_fine(page: Path) -> None:
    assert list(documents.broken_links(page)) == []


@pytest.mark.parametrize("link", ["gone.md", "other.md#three-words", "#no-such-part", "../nowhere/", "two%20words.md"])
def test_a_link_that_leads_nowhere_is_found(page: Path, link: str) -> None:
    page.write_text(f"{PAGE}\n[a link]({link})\n")

    assert list(documents.broken_links(page)) == [link]


def test_a_second_heading_of_the_same_words_has_a_number() -> None:
    assert documents.anchors("# One\n\n## Two words\n\n## Two words\n") == {"one", "two-words", "two-words-1"}


@pytest.mark.parametrize("name", ["apps/core/clock.py", "core/clock.py", "clock.py", "apps/core/", "core", "core/asgi"])
def test_a_path_may_be_written_by_its_end(page: Path, name: str) -> None:
    page.write_text(f"It is in `{name}`.\n")

    assert list(documents.missing_paths(page, ["apps/core/", "apps/core/clock.py", "apps/core/asgi/"])) == []


@pytest.mark.parametrize("name", ["apps/core/gone.py", "core/gone.py", "gone.py", "apps/gone/", "apps/gone"])
def test_a_path_that_does_not_exist_is_found(page: Path, name: str) -> None:
    page.write_text(f"It is in `{name}`.\n")

    assert list(documents.missing_paths(page, ["apps/core/", "apps/core/clock.py"])) == [name]


@pytest.mark.parametrize("name", ["/health/", "page:*", ".laurel/mail", "application/json", "unlock", "make lint"])
def test_what_is_no_path_of_the_checkout_is_left_alone(page: Path, name: str) -> None:
    page.write_text(f"It is `{name}`.\n")

    assert list(documents.missing_paths(page, [])) == []
