"""One rule for all names, by every way in; and pages that keep a name from moving what stands around it."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from time import monotonic
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site

from apps.core.admin import NAMES, ReadOnlyAdmin
from apps.core.api.wire.fields import NameField
from apps.core.parsing.form_fields import NameFormField
from apps.core.parsing.names import normal, problem_with_name
from apps.games.formats import read_document
from apps.games.import_preview import plan_import
from apps.games.models import Achievement, ApiKey, Game, Studio
from apps.players.models import Account, Player
from apps.portal.forms.achievements import AchievementForm
from apps.portal.forms.announcements import AnnouncementForm
from apps.portal.forms.api_keys import ApiKeyForm
from apps.portal.forms.games import EditGameForm, NewGameForm
from apps.portal.forms.webhooks import WebhookForm
from apps.web.forms import SignUpForm
from tests.conftest import Api
from tests.input.bodies import World

BAD = {
    "zero width alone": "\u200b\u200d\ufeff",
    "joiners alone": "\u200d\u200c",
    "fillers": "\u3164\u3164",
    "blank braille": "\u2800",
    "marks alone": "\u0301\u0301",
    "variation selectors alone": "\ufe0f",
    "zero width within": "Ali\u200bce",
    "soft hyphen": "Ali\u00adce",
    "right-to-left override": "Ali\u202ece",
    "isolate": "\u2067Alice",
    "mark of direction": "Alice\u200f",
    "line separator": "Ali\u2028ce",
    "paragraph separator": "Ali\u2029ce",
    "line break": "Ali\nce",
    "tab": "Ali\tce",
    "escape": "Ali\x1b[31mce",
    "delete": "Ali\x7fce",
    "next line": "Ali\x85ce",
    "joiner at the end": "Alice\u200d",
    "joiner between Latin letters": "Ali\u200dce",
    "non-joiner between Latin letters": "Ali\u200cce",
    "joiner between Cyrillic letters": "\u0410\u200d\u043b",
    "joiner between digits": "1\u200d1",
    "joiner between Han": "\u5c71\u200d\u7530",
    "joiner from an emoji to a letter": "\u2764\u200dA",
    "joiner from Arabic to Latin": "\u0645\u200cA",
    "joiner twice": "\u0645\u06cc\u200c\u200c\u062e",
    "joiner before a space": "\u0645\u200c \u062e",
    "lone tag": "Ali\U000e0041ce",
    "tag at the end": "Alice\U000e007f",
    "flag without its end": "\U0001f3f4\U000e0067\U000e0062Alice",
    "tags behind no flag": "\u2764\U000e0067\U000e0062\U000e007f",
    "end of no flag": "\U0001f3f4\U000e007f",
    "variation selector behind a letter": "Ali\ufe0fce",
    "variation selector behind a digit": "1\ufe0f",
    "variation selector of Han behind a letter": "Ali\U000e0100ce",
    "grapheme joiner": "Ali\u034fce",
    "Khmer vowel that is not shown": "Ali\u17b4ce",
    "Mongolian selector behind a letter": "Ali\u180bce",
    "unassigned and never shown": "Ali\U000e0fffce",
    "musical control": "Ali\U0001d173ce",
    "no character": "Ali\uffffce",
    "no character within Arabic forms": "Ali\ufdd0ce",
    "no character of a later plane": "Ali\U0001fffece",
    "what was not UTF-8": "Ali\ufffdce",
    "sixty marks": "a" + "\u0301" * 60,
    "five marks, above and below": "Q\u0323\u0330\u0301\u0302\u0303",
    "many different marks": "b" + "".join(map(chr, range(0x300, 0x330))),
    "marks without a class": "\u0e01" + "\u0e47" * 5,
    "rings": "a" + "\u20dd" * 5,
    "marks between wide ones": "\u0915" + "\u0902\u093e" * 5,
    "viramas between joiners": "\u0915" + "\u094d\u200d" * 5,
    "Tibetan letters without an end": "\u0f40" + "\u0f90" * 9,
    "Tibetan letters between vowels": "\u0f40" + ("\u0f90" * 3 + "\u0f72") * 3,
}
GOOD = [
    "Alice",
    "\u0645\u062d\u0645\u062f",
    "\u5c71\u7530",
    "O'Neil-\u00c5",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u2764\ufe0f",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u0915\u094d\u200d\u0937",
    "\u0d05\u0d35\u0d28\u0d4d\u200d",
    "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
    "\u1820\u180b\u1828",
    "\u845b\U000e0100\u98fe",
    "1\ufe0f\u20e3",
    "\u00a9\ufe0f",
    "\u2764\ufe0f\u200d\U0001f525",
    "\U0001f9d1\U0001f3fd\u200d\u2695\ufe0f",
    "\U0001f642\u200d\u2194\ufe0f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\U0001f3f4\u200d\u2620\ufe0f",
    # Of a later Unicode than Python's table.
    "\U0001fadf",
    "\U0001fadf\u200d\U0001fae9",
    "1",
    "!",
    "\u0e01\u0e33",
    "Q\u0323\u0301\u0302\u0303",
    # Vietnamese, decomposed.
    "Nguye\u0302\u0303n Phu\u031bo\u031b\u0323ng",
    # Thai vowels with tones.
    "\u0e01\u0e35\u0e48 \u0e19\u0e49\u0e33\u0e1c\u0e36\u0e49\u0e07",
    # Hebrew with points and accents.
    "\u05e9\u05c1\u05bc\u05b8\u05d1\u05d5\u05bc\u05e2\u05b7",
    "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",
    # Tibetan stacks, the highest of which has eight letters.
    "\u0f62\u0f90\u0fb1\u0f7a\u0f53 \u0f67\u0f71\u0f74\u0f83 \u0f67\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fb2\u0fb1\u0f83",
    # Burmese: six marks, three of them wide.
    "\u101c\u103b\u103e\u1031\u102c\u1037",
    # A Sanskrit conjunct of five consonants.
    "\u0915\u093e\u0930\u094d\u0924\u094d\u0938\u094d\u0928\u094d\u092f",
    # Arabic with all its vowels.
    "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f\u064c",
]
ARABIC = "\u0646\u062c\u0645\u0629"


@pytest.mark.parametrize("name", BAD.values(), ids=BAD)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert problem_with_name(normal(name)) is not None or normal(name) == normal(name).strip() == "Alice"


@pytest.mark.parametrize("name", GOOD)
def test_what_people_write_is_a_name(name: str) -> None:
    assert problem_with_name(name) is None
    assert normal(f" {name} ") == normal(name)


def test_marks_are_counted_in_linear_time() -> None:
    begun = monotonic()

    problems = [problem_with_name(mark * 40_000) for mark in ("\u0903", "\u0903\u0f90")]

    # Each took 40 s where the search could begin anywhere in a run of marks.
    assert monotonic() - begun < 5
    assert None not in problems


def test_a_surrogate_is_no_name() -> None:
    assert problem_with_name("a\ud800") is not None


def test_names_are_stored_in_nfc(world: World) -> None:
    response = world.server.put("players/by-external-id/7", {"display_name": "Zoe\u0308"})

    assert response.json()["display_name"] == "Zo\u00eb"


def refusals(world: World, name: str) -> dict[str, Any]:
    """Offer a name in every way there is; return each that was not refused."""
    game = world.game
    manage = f"manage/games/{game.id}"
    calls = {
        "player": world.server.put("players/by-external-id/9", {"display_name": name}),
        "me": world.person.patch("players/me", {"display_name": name}),
        "game": world.server.patch(manage, {"name": name}),
        "tagline": world.server.patch(manage, {"tagline": name}),
        "achievement": world.server.post(f"{manage}/achievements", {"key": "ACH_X", "name": name, "points": 1}),
        "change": world.server.patch(f"{manage}/achievements/{world.draft.id}", {"name": name}),
        "definitions": world.server.put(
            f"{manage}/definitions",
            {
                "format": "laurel.achievements",
                "version": 1,
                "achievements": [{"key": "ACH_X", "name": name, "points": 1}],
            },
        ),
        "key": world.owner.post(f"{manage}/keys", {"name": name, "environment": "live"}),
        "announcement": world.server.post(f"{manage}/announcements", {"title": name, "text": "News."}),
        "webhook": world.owner.post(
            f"{manage}/webhooks",
            {"url": "https://hooks.example.com/", "event_types": ["achievement.unlocked"], "description": name},
        ),
    }
    form = {"name": name, "display_name": name, "title": name, "studio_name": name, "description": name}
    forms = {
        "sign-up": (SignUpForm(form), "display_name"),
        "game form": (EditGameForm(form, game=game), "name"),
        "studio form": (NewGameForm(form, studios=[]), "studio_name"),
        "achievement form": (AchievementForm(form, achievement=None, game=game), "name"),
        "key form": (ApiKeyForm(form), "name"),
        "announcement form": (AnnouncementForm(form), "title"),
        "webhook form": (WebhookForm(form, has_modes=False), "description"),
    }
    taken = {way: response.status_code for way, response in calls.items() if response.status_code != 400}
    return taken | {way: "form" for way, (form, field) in forms.items() if field not in form.errors}


@pytest.mark.parametrize(
    "name",
    [
        "\u200b\u200d",
        "Ali\u202ece",
        "Ali\u2028ce",
        "Ali\x1bce",
        "Ali\u200dce",
        "Ali\U000e0041ce",
        "Ali\uffffce",
        "a" + "\u0330" * 5,
    ],
)
def test_every_way_in_refuses_what_is_no_name(world: World, name: str) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Player, Game, Achievement, ApiKey, Studio)]

    assert refusals(world, name) == {}

    assert [
        list(model.objects.order_by("pk").values()) for model in (Player, Game, Achievement, ApiKey, Studio)
    ] == before


def test_files_are_held_to_the_same_rule(game: Game) -> None:
    data = (
        '{"format": "laurel.achievements", "version": 1, "achievements": [{"key": "ACH_X", "name": "%s", "points": 1}]}'
    )

    plan = plan_import(game, read_document((data % "Ali\u202ece").encode()))
    composed = read_document((data % "Zoe\u0308").encode())

    assert [flaw.pointer for flaw in plan.problems] == ["/achievements/0/name"]
    assert composed.items[0].members["name"] == "Zo\u00eb"


def is_edited(admin: ModelAdmin) -> bool:
    return not isinstance(admin, ReadOnlyAdmin) and admin.model is not ApiKey


def test_the_admin_reads_names_as_everyone_does(rf: Any) -> None:
    for model, admin in site._registry.items():
        for field in model._meta.get_fields():
            if field.name in NAMES and model._meta.app_label in {"players", "games"} and is_edited(admin):
                assert isinstance(admin.formfield_for_dbfield(field, rf.get("/")), NameFormField), (model, field)


def test_every_name_of_a_body_has_the_rule() -> None:
    from rest_framework.serializers import Serializer

    def every(kind: type) -> set[type]:
        return {kind}.union(*map(every, kind.__subclasses__()))

    loose = [
        (kind.__name__, name)
        for kind in every(Serializer)
        if re.match(r"(New|.*Changes|.*Edit|Definition)", kind.__name__) and kind.__module__.startswith("apps.")
        for name, field in kind().fields.items()
        if name in NAMES and not isinstance(field, NameField)
    ]

    assert loose == []


class Names(HTMLParser):
    """Finds texts that hold a name and stand in no <bdi> or dir=auto."""

    def __init__(self) -> None:
        super().__init__()
        self.way: list[tuple[str, bool]] = []
        self.loose: list[str] = []
        self.found = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "img", "input", "br", "hr", "use", "rect", "path", "source", "wbr"}:
            self.way.append((tag, tag in {"bdi", "title", "textarea", "script", "option"} or ("dir", "auto") in attrs))

    def handle_endtag(self, tag: str) -> None:
        while self.way and self.way.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if ARABIC in data:
            self.found += 1
            if not any(is_apart for _, is_apart in self.way):
                self.loose.append(f"{' '.join(tag for tag, _ in self.way[-4:])}: {data.strip()}")


def loose_names(text: str) -> tuple[int, list[str]]:
    parser = Names()
    parser.feed(text)
    return parser.found, parser.loose


def test_pages_keep_names_apart_from_what_stands_around_them(
    world: World, as_account: Callable[[Any], Api], relay: Callable[[], int], boards: None
) -> None:
    boss = Account.objects.create_superuser(email="boss@example.com", password="boss")
    world.game.studio.memberships.create(account=boss, role="owner")
    Player.objects.filter(pk=world.player.pk).update(account=boss, display_name=ARABIC, region="EU")
    Studio.objects.update(name=ARABIC)
    Game.objects.update(name=ARABIC, tagline=ARABIC)
    Achievement.objects.update(name=ARABIC, description=ARABIC)
    ApiKey.objects.update(name=ARABIC)
    world.server.unlock(world.player, world.lamps)
    world.server.post(f"manage/games/{world.game.id}/announcements", {"title": ARABIC, "text": "News."})
    relay()
    client, slug, handle = as_account(boss).client, world.game.slug, world.player.handle
    pages = {
        "/": 3, "/games/": 1, f"/games/{slug}/": 5, f"/players/{handle}/": 3, "/leaderboards/global/": 1,
        f"/leaderboards/{slug}/": 2, "/notifications/": 1, "/account/notifications/": 1, "/portal/": 2,
        f"/portal/games/{slug}/": 4, f"/portal/games/{slug}/keys/": 3, f"/portal/games/{slug}/live/": 2,
        f"/portal/games/{slug}/announcements/": 3, f"/portal/games/{slug}/webhooks/": 2,
        f"/portal/games/{slug}/edit/": 2, f"/portal/games/{slug}/import/": 2,
        f"/portal/games/{slug}/achievements/{world.draft.id}/": 3,
    }  # fmt: skip

    responses = {path: client.get(path) for path in pages}
    found = {path: loose_names(response.content.decode()) for path, response in responses.items()}

    assert {path: loose for path, (_, loose) in found.items() if loose} == {}
    assert {path for path, response in responses.items() if response.status_code != 200} == set()
    assert {path: count for path, (count, _) in found.items() if count < pages[path]} == {}
