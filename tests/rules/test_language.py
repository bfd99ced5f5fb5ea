"""Every word that a template shows is marked for translation."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
# Calls and programs to copy: code, in folders of their own.
SAMPLES = {TEMPLATES / "web/docs" / name for name in ("calls", "guests", "live", "samples", "webhooks")}
PATHS = [
    path for suffix in ("html", "txt") for path in sorted(TEMPLATES.rglob(f"*.{suffix}")) if path.parent not in SAMPLES
]

# Names and units that are the same in every language, and attributes that a block holds by themselves.
ALLOWED = re.compile(r"\b(?:Laurel|UTC|ms|GDScript|C(?=#))(?!\w)|[a-z-]+=\"\"")
CODE_ELEMENTS = {"script", "style", "code", "pre"}
# What people or screen readers read, `text` and `label` of our own components among it.
WORD_ATTRIBUTES = {"alt", "aria-label", "aria-description", "aria-roledescription", "data-confirm", "label"}
WORD_ATTRIBUTES |= {"placeholder", "text", "title"}

MARKED = re.compile(r"{%-?\s*(blocktrans(?:late)?|comment)\b.*?{%\s*end\1\s*%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
TAG_NAME = re.compile(r"(</?){{.*?}}")
# A literal that stands in for a value, or that a template hands to another one as words.
LITERAL = re.compile(
    r"""\|(?:default|default_if_none|yesno|pluralize)\b(?!:_\()(?::"[^"]*"|:'[^']*')?"""
    r"""|(?<=[\w]=)"(?:[A-Z][^"]*|[^"]*\s[^"]*)"|(?<=[\w]=)'(?:[A-Z][^']*|[^']*\s[^']*)'"""
)


class Words(HTMLParser):
    """Collects what is shown of a template without its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code_depth += tag in CODE_ELEMENTS
        for name, value in attrs:
            is_for_script = name.startswith("data-") and re.match(r"[A-Z]|.* ", value or "")
            if name in WORD_ATTRIBUTES or is_for_script:
                self._note(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._code_depth -= tag in CODE_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._code_depth:
            self._note(data)

    def _note(self, text: str) -> None:
        if re.search(r"[^\W\d_]", ALLOWED.sub("", text)):
            self.found.append(" ".join(text.split()))


def unmarked(template: str) -> list[str]:
    """Return the words of a template that no translation would reach."""
    rest = MARKED.sub("", template)
    tags = [tag for tag in TAG.findall(rest) if not re.match(r"{%\s*trans(?:late)?\b", tag)]
    words = Words()
    words.feed(TAG.sub("", TAG_NAME.sub(r"\1x", rest)))
    words.close()
    return words.found + [literal for tag in tags for literal in LITERAL.findall(tag)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_of_a_template_is_marked_for_translation(path: Path) -> None:
    assert unmarked(path.read_text()) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_makemessages_reads_every_template(path: Path) -> None:
    assert templatize(path.read_text(), origin=path.name)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Log in</p>", ["Log in"]),
        ("{% if user %}Hello {{ user }}{% endif %}", ["Hello"]),
        ('<button aria-label="Close">12</button>', ["Close"]),
        ('<form data-confirm="Delete {{ name }}?"></form>', ["Delete ?"]),
        ('<p data-live-url="/live/" data-live="Live"></p>', ["Live"]),
        ('<c-empty title="No games yet" text="{% translate \'Later.\' %}" />', ["No games yet"]),
        ('{% include "row.html" with label="Leaders" class="row--small" %}', ['"Leaders"']),
        ('{{ name|default:"nobody" }}', ['|default:"nobody"']),
        ("player{{ count|pluralize }}", ["player", "|pluralize"]),
        ("{{ isles|yesno:'yes,no' }}", ["|yesno:'yes,no'"]),
        ("{% comment %}Only for us.{% endcomment %}{# And this. #}", []),
        ("<title>{% translate 'Games' %} · Laurel</title><code>POST /api</code><style>a { b: c }</style>", []),
        ("<p>{% blocktranslate count n=n %}one{% plural %}{{ n }}{% endblocktranslate %} {{ speed }} ms</p>", []),
        ('{% include "row.html" with label=_("Leaders") %}{{ at|date:"j F Y" }}{{ name|default:_("nobody") }}', []),
    ],
)
def test_the_rule_finds_words_and_nothing_else(template: str, found: list[str]) -> None:
    assert unmarked(template) == found
