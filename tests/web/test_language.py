"""Words are translated where a language is on; pages settle theirs when a template compiles."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, engines
from django.utils import translation
from django.utils.translation import gettext_noop, override

from apps.core.errors import DomainError

DJANGO = "{% load i18n %}"


@pytest.mark.parametrize(
    "source",
    [
        "{% translate 'Log in' %}",
        '{% translate "You can\'t undo this: 5 % <b>off</b>" %}',
        "{% translate name %}",
        "{% translate 'Log in' as words %}[{{ words }}]",
        "{% blocktranslate %}Not {{ name }}, {count} 100 %{% endblocktranslate %}",
        "{% blocktranslate trimmed %}\n  one\n  two\n{% endblocktranslate %}",
        "{% blocktranslate with who=name|lower %}by <b>{{ who }}</b>{% endblocktranslate %}{{ who }}",
        "{% blocktranslate count n=one %}{{ n }} player{% plural %}{{ n }} players{% endblocktranslate %}",
        "{% blocktranslate count n=many with m=name %}{{ m }}: a{% plural %}{{ m }}: {{ n }} %{% endblocktranslate %}",
        "{% blocktranslate asvar words %}Not {{ name }}{% endblocktranslate %}[{{ words }}]",
        "{% blocktranslate %}{{ nothing }}.{% endblocktranslate %}",
    ],
)
def test_settled_words_are_those_of_djangos_own_tags(source: str) -> None:
    values = {"name": "<Mira> & Jon", "one": 1, "many": 1200}
    settled, own = (engines["django"].from_string(tags + source).render(values) for tags in ("", DJANGO))

    assert settled == own


@pytest.fixture
def german(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have translation on, as with a second language; Django's own catalogue has the words."""
    settings.USE_I18N = True
    # It remembers which functions the setting chose.
    monkeypatch.setattr(translation, "_trans", type(translation._trans)())
    with override("de"):
        yield


def test_words_come_from_the_catalogue_of_the_language(german: None) -> None:
    template = engines["django"].engine.from_string(
        "{% translate 'Log in' %} {% blocktranslate %}Log in{% endblocktranslate %}"
    )

    assert template.render(Context()) == "Anmelden Anmelden"


def test_the_detail_of_a_refusal_is_said_in_the_language_of_who_reads_it(german: None) -> None:
    class LoggedOutError(DomainError):
        detail = gettext_noop("Log in")

    error = LoggedOutError(pointer="/name")

    assert (error.detail, str(error)) == ("Anmelden", "Anmelden")
    assert [flaw.detail for flaw in error.flaws] == ["Anmelden"]
    with override("en"):
        assert LoggedOutError().detail == "Log in"
