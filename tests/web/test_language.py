"""Words of pages are settled when a template compiles, and say what Django's own tags would say."""

import pytest
from django.template import Context, engines
from django.utils.translation import override

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


def test_words_come_from_the_catalogue_of_the_language() -> None:
    with override("de"):
        template = engines["django"].engine.from_string(
            "{% translate 'Log in' %} {% blocktranslate %}Log in{% endblocktranslate %}"
        )

    assert template.render(Context()) == "Anmelden Anmelden"
