"""Templates kept as functions write what Django's own rendering writes."""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.backends.django import get_installed_libraries
from django.test import Client, override_settings
from django.urls import set_script_prefix
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from apps.core.rendering.nodes import CompiledNodeList, Text, writer_of
from tests.factories import make_account, make_achievement, make_game, make_player, make_studio
from tests.stacks import paths

OTHERS_THAN_PAGES = ("/api/", "/admin/", "/metrics", "/health", "/readyz")
MOMENT = datetime(2026, 11, 16, 9, 5, tzinfo=UTC)
DJANGOS = "django.template.loaders.cached.Loader"
OURS = "apps.core.rendering.loader.Loader"
ADDRESS = re.compile(r"0x[0-9a-f]+")
OTHERS = {
    "_row.html": "[{{ item.name }}{{ forloop.counter }}{{ extra }}{{ outer }}]",
    "base.html": "<{% block a %}base{{ n }}{% endblock %}|{% block b %}{% endblock %}>",
    "child.html": '{% extends "base.html" %}{% block a %}{{ block.super }}+{% for x in items %}{{ x }}{% endfor %}'
    "{% endblock %}",
}


@dataclass
class Item:
    name: str
    rank: int | None = None

    def shout(self) -> str:
        return self.name.upper()

    def takes(self, more: str) -> str:
        return more

    def refuse(self) -> str:
        raise ValueError(self.name)

    refuse.alters_data = True  # type: ignore[attr-defined]


class Pair(NamedTuple):
    left: str
    right: int


class Failing:
    @property
    def name(self) -> str:
        raise AttributeError("not this one")

    def __str__(self) -> str:
        return "<failing>"


class NameForm(forms.Form):
    name = forms.CharField(label="<Name>", help_text="of it")
    kind = forms.ChoiceField(choices=[("a", "<A>"), ("b", "B")], initial="b")


VALUES: dict[str, object] = {
    "lazy": SimpleLazyObject(lambda: Item("<lazy>", 3)),
    "lazily_none": SimpleLazyObject(lambda: None),
    "form": NameForm({"name": ""}),
    "text": "a < b & \"c\" 'd'",
    "safe": SafeString("<b>"),
    "n": 1234567,
    "one": 1,
    "none": None,
    "yes": True,
    "share": 0.25,
    "big": 1e20,
    "item": Item("<it>", 3),
    "items": [Item("x"), Item("y", 0)],
    "pair": Pair("l", 7),
    "pairs": [("a", 1), ("b", 2)],
    "odd": [(1, 2, 3)],
    "letters": "abc",
    "empty": [],
    "dict": {"key": "v", "items": 5, 1: "int"},
    "nested": {"a": [{"b": "deep"}]},
    "at": MOMENT,
    "day": date(2026, 11, 16),
    "id": UUID(int=7),
    "made": (x for x in "pq"),
    "failing": Failing(),
    "cls": Item,
    "function": lambda: "called",
    "slug": "a-b",
    "kinds": ["<", SafeString("<"), 2.5],
}
SNIPPETS = [
    "{{ text }}{{ safe }}{{ n }}{{ one }}{{ none }}{{ yes }}{{ share }}{{ big }}{{ at }}{{ day }}{{ id }}{{ kinds }}",
    "{{ missing }}{{ item.missing }}{{ missing.more }}{{ missing|default:'d' }}{{ none|default_if_none:text }}",
    "{{ item.name }}{{ item.rank }}{{ item.shout }}{{ item.takes }}{{ item.refuse }}{{ item.name.upper }}{{ item }}",
    "{{ pair.left }}{{ pair.1 }}{{ pair.count }}{{ pairs.0.1 }}{{ letters.1 }}{{ items.1.name }}{{ items.9.name }}",
    "{{ dict.key }}{{ dict.items }}{{ dict.1 }}{{ dict.none }}{{ dict.keys }}{{ nested.a.0.b }}{{ function }}{{ cls }}",
    "{{ failing }}{{ failing.name }}",
    "{{ text|lower|slice:':3' }}{{ safe|lower }}{{ safe|add:text }}{{ text|safe }}{{ n|add:'1' }}{{ text|linebreaks }}",
    "{{ at|date:'j F Y' }}{{ at|date:'c' }}{{ day|date }}{{ none|date:'Y' }}{{ text|date }}{{ at|time:'H:i' }}",
    "{{ 'a<b' }}{{ 5 }}{{ 2.5 }}{{ _('words') }}{{ text|default:missing }}",
    "{{ text|cut:missing }}",
    "{% if text and n %}1{% endif %}{% if not missing %}2{% elif n %}3{% endif %}{% if missing %}"
    "{% else %}4{% endif %}",
    "{% if n == 1234567 and item.rank >= 3 or missing %}1{% endif %}{% if 'b' in letters %}2{% endif %}",
    "{% if n < text %}1{% endif %}{% if none < 3 %}2{% else %}3{% endif %}{% if item.name is none %}4{% endif %}",
    "{% if one is not none and letters not in dict %}1{% endif %}{% if one != 2 %}2{% endif %}"
    "{% if n <= one %}3{% endif %}",
    "{% if item.refuse %}1{% else %}2{% endif %}{% if failing.name %}3{% endif %}",
    "{% for x in items %}{{ x.name }}{{ forloop.counter }}{{ forloop.revcounter0 }}{{ forloop.first }}"
    "{{ forloop.last }}{% for y in letters %}{{ forloop.parentloop.counter0 }}{{ y }}{% endfor %}{% endfor %}{{ x }}",
    "{% for x in empty %}x{% empty %}none{% endfor %}",
    "{% for x in missing %}x{% empty %}none{{ n }}{% endfor %}",
    "{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}{% for x in letters reversed %}{{ x }}{% endfor %}",
    "{% for a, b in odd %}{{ a }}{% endfor %}",
    "{% for x in made %}{{ x }}{{ forloop.revcounter }}{% endfor %}{% for k, v in dict.keys %}{{ k }}{% endfor %}",
    "{% for x in n %}{{ x }}{% endfor %}",
    "{{ lazy.name }}{{ lazy.rank }}{{ lazy.shout }}{{ lazy.takes }}{{ lazy.missing }}{% if lazy %}1{% endif %}"
    "{% if lazily_none %}2{% endif %}{{ lazily_none.name }}{{ lazy.name|lower }}",
    "{{ form.name }}{{ form.name.errors }}{{ form.name.field.required }}{{ form.kind.0 }}{{ form.none }}"
    "{{ form.kind.label }}{{ form.name.value }}{% for f in form %}{{ f.id_for_label }}{{ f.0.tag }}{% endfor %}",
    "{{ dict.items.real }}{{ nested.items }}{{ nested.keys }}{{ letters.upper }}{{ items.count }}",
    "{% autoescape off %}{% cotton icon name='<eye>' / %}{% static 'a&b' %}{% endautoescape %}{% cotton mark / %}",
    "{% if n %}{% cotton icon name='sun' / %}{% url 'web:home' %}{% static 'img/x.svg' %}{% endif %}"
    "{% url 'portal:game-detail' 'a-b' %}{% url 'web:game-detail' slug='it' %}{% url 'web:game-detail' 'a b' %}",
    "{% for x in items %}{% cycle 'odd' 'even' %}{% ifchanged x.rank %}{{ x.name }}{% endifchanged %}{% endfor %}",
    "{% with a=text b=item.missing %}{{ a }}{{ b }}{% with a=n %}{{ a }}{% endwith %}{{ a }}{% endwith %}{{ a }}",
    "{% include '_row.html' %}{% for item in items %}"
    "{% include '_row.html' with extra=forloop.counter0 outer=n %}{% endfor %}",
    "{% include '_row.html' with extra=text only %}{% include missing %}",
    "{% include '_none.html' %}",
    "{% extends 'child.html' %}{% block b %}{{ text }}{% for x in pairs %}{{ x.0 }}{% endfor %}{% endblock %}",
    "{% url 'web:game-detail' slug %}{% url 'web:game-detail' slug=slug as there %}{{ there }}{% url 'api:board' id %}",
    "{% url 'web:notification' 7 %}{% url 'web:none' as nowhere %}[{{ nowhere }}]",
    "{% url 'web:game-detail' missing %}",
    "{% load static %}{% static 'img/icons.svg' %}{% static 'img/icons.svg' as icons %}{{ icons }}"
    "{% comment %}no{% endcomment %}",
    "{% autoescape off %}{{ text }}{% if n %}{{ item.name }}{% endif %}{% endautoescape %}"
    "{% spaceless %}<a> <b>{% endspaceless %}",
    "{% load tz %}{% timezone 'Asia/Tokyo' %}{{ at|date:'H:i' }}{{ at }}{% endtimezone %}{{ at|date:'H:i' }}",
    "{% translate 'Words' %}{% blocktranslate count k=one %}{{ k }} a{% plural %}{{ k }} b{% endblocktranslate %}",
    "{% blocktranslate count k=n with t=text %}{{ k }} a{% plural %}{{ k }} {{ t }}{% endblocktranslate %}",
    "{% cotton icon name=\"eye\" label=\"{{ text }}\" / %}{% cotton icon name='x' class='y' %}{% endcotton %}",
    '{% cotton notice kind="danger" %}{{ text }}{% cotton status kind="up" %}{{ n }}{% endcotton %}{% endcotton %}',
    '{% cotton frame :achievement="item" state="earned" / %}{% cotton frame :achievement="missing" / %}',
    '{% cotton when :at="at" / %}{% cotton when :at="at" day="1" / %}{% cotton hardcore / %}'
    '{% cotton empty title="T" level=h2 / %}',
    '{% cotton avatar :player="item" class="{% if n %}big{% endif %}" only / %}{% cotton component is="mark" / %}',
    '{% cotton status :kind="[\'a\']" / %}{% cotton status :kind="text" %}{% cotton none / %}{% endcotton %}',
]


def test_what_is_always_the_same_is_text() -> None:
    ours = engine(OURS)
    OTHERS["snippet.html"] = (
        "a{% cotton icon name='eye' / %}{% url 'web:home' %}{% load static %}{% static 'img/icons.svg' %}{{ n }}"
    )
    nodes = ours.get_template("snippet.html").nodelist[:-1]

    write = writer_of(nodes, ours)

    assert isinstance(write, Text)
    assert write.text.startswith('a<svg class="icon " aria-hidden="true"><use href="/static/img/icons.svg#eye">')
    assert write.text.endswith("</svg>\n//static/img/icons.svg")


def test_addresses_are_those_of_the_prefix_that_the_site_has() -> None:
    OTHERS["snippet.html"] = "{% url 'web:home' %}"
    template = engine(OURS).get_template("snippet.html")
    pages = []

    try:
        for prefix in ("/", "/below/", "/"):
            set_script_prefix(prefix)
            pages.append(template.render(Context()))
    finally:
        set_script_prefix("/")

    assert pages == ["/", "/below/", "/"]


def engine(loader: str) -> Engine:
    loaders = [("django.template.loaders.locmem.Loader", OTHERS), "django.template.loaders.filesystem.Loader"]
    return Engine(
        dirs=settings.TEMPLATES[0]["DIRS"],
        loaders=[(loader, ["django_cotton.cotton_loader.Loader", *loaders])],
        builtins=settings.TEMPLATES[0]["OPTIONS"]["builtins"],
        libraries=get_installed_libraries(),
    )


def written(loader: str, text: str) -> str:
    """Return what a snippet becomes, or how it fails."""
    OTHERS["snippet.html"] = text
    try:
        values = VALUES | {"made": iter("pq")}
        return engine(loader).get_template("snippet.html").render(Context(values))
    except TemplateDoesNotExist:
        return "no such template"
    except Exception as error:  # noqa: BLE001 - both ways must fail alike
        return ADDRESS.sub("0x", f"{type(error).__name__}: {error}")


@pytest.mark.parametrize("text", SNIPPETS)
def test_a_template_reads_the_same_either_way(text: str) -> None:
    assert written(OURS, text) == written(DJANGOS, text)


def test_the_loader_compiles_templates() -> None:
    OTHERS["snippet.html"] = "{{ n }}"

    assert isinstance(engine(OURS).get_template("snippet.html").nodelist, CompiledNodeList)


def with_djangos_own() -> override_settings:
    """Return the settings without our loader."""
    templates = deepcopy(settings.TEMPLATES)
    loaders = templates[0]["OPTIONS"]["loaders"]
    assert loaders[0][0] == OURS
    templates[0]["OPTIONS"]["loaders"] = [(DJANGOS, loaders[0][1])]
    return override_settings(TEMPLATES=templates, FORM_RENDERER="django.forms.renderers.DjangoTemplates")


def html_of(client: Client, path: str) -> str:
    """Return a page without what is another each time."""
    text = client.get(path).getvalue().decode(errors="replace")
    return re.sub(
        r'(nonce|csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"|X-CSRFToken[^,}]*|[0-9a-f]{32}|T\d\d:[^"]*',
        "",
        text,
    )


@pytest.mark.django_db
def test_every_page_is_the_same_either_way() -> None:
    owner = make_account()
    player, game = make_player(account=owner, handle="mira"), make_game(studio=make_studio(owner=owner))
    make_achievement(game, description="<i>", target=5, kind="incremental")
    client = Client(headers={"accept": "text/html"})
    client.force_login(owner)
    pages = [path for path in paths(game, player) if not path.startswith(OTHERS_THAN_PAGES)]

    ours = {path: html_of(client, path) for path in pages}
    with with_djangos_own():
        differing = [path for path in pages if html_of(client, path) != ours[path]]

    assert sum("<html" in text for text in ours.values()) > 40
    assert differing == []
