"""What operators send by the admin's forms and lists: held to the rules of site and API, and never answered by 5xx."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.forms import BooleanField
from django.test import Client
from django.urls import reverse
from PIL import Image

from apps.core.parsing.names import LOST
from apps.core.redis import client as redis
from apps.games.actions.games import NothingPublishedError, SlugFixedError
from apps.games.models import Game, Membership, Studio, StudioPlayer
from apps.players.errors import OwnerNeededError
from apps.players.models import Account, Player
from tests.factories import make_account, make_achievement, make_game, make_player, make_studio
from tests.games.pictures import picture
from tests.games.test_admin import sent_by

pytestmark = pytest.mark.django_db

ODD = (
    *(
        "",
        " ",
        "\0",
        "null",
        "[]",
        '"x"',
        "NaN",
        '{"accent": 1}',
        "[" * 9_999,
        "9" * 5_000,
        "-1",
        "0",
        "2147483648",
        "1000001",
    ),
    *('{"accent": "\\ud800"}', '{"\\ud800": "#102030"}', '"\\ud800"', "\u0663"),
    *("\u00e9", "\u202ex", "<b>x</b>", "two words", "a@b", "new", "x" * 5_000, "../../etc/passwd"),
    "00000000-0000-0000-0000-000000000000",
)
NO_LETTER = "This is not valid JSON: no low surrogate in string: line 1 column 13 (char 12)."
COLOUR, OBJECT = "Send a colour as #rrggbb.", "Send an object."
HANDLE = "Use 3 to 24 letters, digits, hyphens or underscores, starting with a letter or digit."
NO_PLACE = "There is no such place; use an IANA name, such as Europe/Lisbon, or UTC."
SMALL = "Use small letters in the web address."
TAKEN = "This web address is taken by a page of Laurel. Choose another."


def edited(client: Client) -> list[type[Model]]:
    """Return the models with a form in the admin."""
    request = client.get("/admin/").wsgi_request
    return [model for model, admin in site._registry.items() if admin.has_change_permission(request)]


def page_of(model: type[Model], act: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}", args=args)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def operator(admin_client: Client) -> Client:
    admin_client.raise_request_exception = False
    return admin_client


@pytest.fixture
def rows() -> dict[type[Model], Model]:
    """A row of each model with a form, beside each other; without permissions, whose 340 choices take 0.2 s a page."""
    Permission.objects.all().delete()
    account = make_account()
    studio = make_studio(owner=account)
    game = make_game(studio=studio, palette={"accent": "#102030"})
    make_achievement(game, points=40)
    email = EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    made = (account, studio, game, make_player(account=account), Group.objects.create(name="Support"), email)
    return {type(row): row for row in made}


def sent(client: Client, page: str) -> dict[str, Any]:
    shown = client.get(page)
    fields = sent_by(shown)
    for formset in shown.context["inline_admin_formsets"]:
        forms = [formset.formset.management_form, *formset.formset.forms]
        fields |= {f"{form.prefix}-{name}": form[name].value() for form in forms for name in form.fields}
    return {name: value for name, value in fields.items() if value is not None}


def accepted(client: Client, page: str, fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each field with each odd value that it does not refuse when all have it; this page must be there, too."""
    form = client.get(page).context["adminform"].form
    flags = {name for name, field in form.fields.items() if isinstance(field, BooleanField)}
    yield from product(sorted(flags), ("", "x"))
    names = {name for name in form.fields.keys() | fields.keys() if "_FORMS" not in name} - flags
    for value in ODD:
        with undone():
            shown = client.post(page, fields | dict.fromkeys(names, value))
        assert shown.status_code in {200, 302}, value
        refused = shown.context["adminform"].form.errors if shown.status_code == 200 else {}
        yield from ((name, value) for name in sorted(names - refused.keys()))


def answers(client: Client) -> dict[str, int]:
    """What the API and the pages answer about the latest game and player, from nothing cached."""
    redis.client().flushdb()
    cache.clear()
    game, player = Game.objects.latest("created_at"), Player.objects.latest("created_at")
    pages = ["/api/v1/games", "/games/", f"/players/{player.handle}/", f"/api/v1/players/{player.id}"]
    return {page: client.get(page).status_code for page in pages + [f"/games/{game.slug}/"] * game.is_published}


def test_each_model_with_a_form_has_a_row(operator: Client, rows: dict[type[Model], Model]) -> None:
    assert set(edited(operator)) == set(rows)


@pytest.mark.parametrize("model", [Account, Studio, Game, Player, Group, EmailAddress])
def test_no_value_of_a_form_breaks_a_page(operator: Client, rows: dict[type[Model], Model], model: type[Model]) -> None:
    page = page_of(model, "change", rows[model].pk)
    fields = sent(operator, page)

    wrong, seen = {}, []
    for name, value in accepted(operator, page, fields):
        with undone():
            got = {"save": operator.post(page, fields | {name: value}).status_code}
            row = model._base_manager.filter(pk=rows[model].pk).values().get()
            if got["save"] == 302 and row not in seen:
                got |= answers(Client(raise_request_exception=False))
                seen.append(row)
        wrong |= {(name, value[:20], place): status for place, status in got.items() if status not in {200, 302}}

    assert wrong == {}
    assert operator.post(page, fields)["Location"] == page_of(model, "changelist")


def sentences(page: Any) -> dict[str, str]:
    """What the form of a page says at its fields."""
    assert page.status_code == 200
    return {name: str(found[0]) for name, found in page.context["adminform"].form.errors.items()}


@pytest.mark.parametrize(
    ("member", "value", "sentence"),
    [
        ("palette", "[]", OBJECT),
        ("palette", '"x"', OBJECT),
        ("palette", "1", OBJECT),
        ("palette", '{"accent": "\\ud800"}', NO_LETTER),
        ("palette", '{"accent": "red"}', COLOUR),
        ("palette", '{"accent_dark": 7}', COLOUR),
        ("palette", '{"ground": "#102030"}', "There is no such member here. Allowed: accent, accent_dark."),
        ("slug", "another", SlugFixedError.detail),
        ("slug", "global", TAKEN),
        ("slug", "A", SMALL),
        ("points_budget", "39", "40 points are in use; the budget can't be below that."),
        ("points_budget", "0", "Ensure this value is greater than or equal to 1."),
        ("points_budget", "1000001", "Ensure this value is less than or equal to 1000000."),
        ("points_budget", "\u0663", "Enter a whole number."),
        ("name", "a\ufffdb", str(LOST)),
    ],
)  # fmt: skip
def test_a_game_is_what_its_studio_could_define(
    operator: Client, rows: dict[type[Model], Model], member: str, value: str, sentence: str
) -> None:
    page = page_of(Game, "change", rows[Game].pk)

    saved = operator.post(page, sent(operator, page) | {member: value})

    assert sentences(saved) == {member: sentence}
    assert Game.objects.values().get() == {name: getattr(rows[Game], name) for name in Game.objects.values().get()}


@pytest.mark.parametrize("palette", ["", "null", "{}"])
def test_a_game_without_colours_has_an_empty_palette(
    operator: Client, rows: dict[type[Model], Model], palette: str
) -> None:
    page = page_of(Game, "change", rows[Game].pk)

    saved = operator.post(page, sent(operator, page) | {"palette": palette})

    assert (saved.status_code, Game.objects.get().palette) == (302, {})


def test_a_new_game_is_published_with_its_first_achievement(operator: Client, rows: dict[type[Model], Model]) -> None:
    fields = sent(operator, page_of(Game, "change", rows[Game].pk)) | {"studio": str(rows[Studio].pk), "slug": "dawn"}

    refused = operator.post(page_of(Game, "add"), fields)
    made = operator.post(page_of(Game, "add"), {name: fields[name] for name in fields if name != "is_published"})

    assert sentences(refused) == {"__all__": NothingPublishedError.detail}
    assert (made.status_code, Game.objects.get(slug="dawn").is_published) == (302, False)


def test_a_cover_is_converted_like_every_other(operator: Client, rows: dict[type[Model], Model]) -> None:
    page = page_of(Game, "change", rows[Game].pk)
    fields = sent(operator, page)
    small, right = (SimpleUploadedFile("a b.gif", picture(size)) for size in ((8, 8), (640, 360)))

    refused = operator.post(page, fields | {"cover": small})
    saved = operator.post(page, fields | {"cover": right})

    assert list(sentences(refused)) == ["cover"]
    name = Game.objects.get().cover.name
    assert (saved.status_code, name.startswith("games/covers/"), name.endswith(".jpg")) == (302, True, True)
    with Image.open(default_storage.path(name)) as stored:
        assert stored.size == (1280, 720)


@pytest.mark.parametrize("act", ["add", "change"])
@pytest.mark.parametrize(
    ("member", "value", "sentence"),
    [
        *[("handle", value, HANDLE) for value in ("two words", "a@b", "\u00e9", ".", "<b>x</b>", "ab")],
        ("handle", "admin", "This handle is reserved, or looks like one that is. Choose another."),
        *[("time_zone", value, NO_PLACE) for value in ("Mars/Phobos", "localtime", "../../etc/passwd")],
    ],
)
def test_a_player_is_what_they_could_be_themselves(
    operator: Client, rows: dict[type[Model], Model], act: str, member: str, value: str, sentence: str
) -> None:
    page = page_of(Player, act, *[rows[Player].pk] * (act == "change"))
    fields = {"handle": "mira", "display_name": "Mira", "region": "EU", "time_zone": "UTC", "visibility": "public"}

    refused = operator.post(page, fields | {member: value})
    saved = operator.post(page, fields)

    assert sentences(refused) == {member: sentence}
    assert (saved.status_code, Player.objects.latest("created_at").handle) == (302, "mira")
    assert Player.objects.count() == 1 + (act == "add")


@pytest.mark.parametrize(("slug", "sentence"), [("A", SMALL), ("new", TAKEN)])
def test_the_web_address_of_a_studio_has_the_rule_of_games(
    operator: Client, rows: dict[type[Model], Model], slug: str, sentence: str
) -> None:
    page = page_of(Studio, "change", rows[Studio].pk)

    saved = operator.post(page, sent(operator, page) | {"slug": slug})

    assert sentences(saved) == {"slug": sentence}


def test_an_address_of_email_is_stored_in_small_letters(operator: Client, rows: dict[type[Model], Model]) -> None:
    page = page_of(Account, "change", rows[Account].pk)

    saved = operator.post(page, sent(operator, page) | {"email": "Mira@Example.com"})

    assert saved.status_code == 302
    assert Account.objects.filter(pk=rows[Account].pk).values_list("email", flat=True).get() == "mira@example.com"


@pytest.mark.parametrize("selected", ["zzz", "\0", "9" * 30, ""])
def test_no_list_takes_a_selection_that_no_row_can_have(operator: Client, selected: str) -> None:
    request = operator.get("/admin/").wsgi_request
    answers = {}
    for model, admin in site._registry.items():
        page = page_of(model, "changelist")
        for action in admin.get_actions(request):
            form = {"action": action, "reason": "Cheating", "_selected_action": selected, "index": "0"}
            answers[page, action] = operator.post(page, form).status_code
            words = [str(message) for message in operator.get(page).context["messages"]]
            expected = ["What was selected is nothing that this list can have. Nothing was changed."]
            assert words == expected or not admin.opts.pk.clean(selected, None), (page, action)

    assert len(answers) >= 18
    assert {place: status for place, status in answers.items() if status != 302} == {}


def test_the_end_of_a_studio_names_who_counts_as_its_members(operator: Client) -> None:
    studio, player = make_studio(name="Dawn"), make_player(handle="mira")
    StudioPlayer.objects.create(studio=studio, player=player)

    shown = operator.get(page_of(Studio, "delete", studio.pk)).content.decode()

    assert "mira counts as a member of Dawn" in shown
    assert str(player.pk) not in shown


def test_the_account_of_a_studios_only_owner_stays_active(operator: Client, rows: dict[type[Model], Model]) -> None:
    page = page_of(Account, "change", rows[Account].pk)
    fields = {"email": rows[Account].email}
    heir = make_account(is_active=False)
    Membership.objects.create(studio=rows[Studio], account=heir, role="owner")

    refused = operator.post(page, fields)
    assert Account.objects.get(pk=rows[Account].pk).is_active
    Account.objects.filter(pk=heir.pk).update(is_active=True)
    saved = operator.post(page, fields)

    assert sentences(refused) == {"is_active": OwnerNeededError.detail}
    assert (saved.status_code, Account.objects.get(pk=rows[Account].pk).is_active) == (302, False)


def test_a_member_who_joined_meanwhile_is_not_added_twice(operator: Client, rows: dict[type[Model], Model]) -> None:
    page = page_of(Studio, "change", rows[Studio].pk)

    saved = operator.post(page, sent(operator, page) | {"memberships-INITIAL_FORMS": "0"})

    words = saved.context["inline_admin_formsets"][0].formset.non_form_errors()
    whose = rows[Account].email  # type: ignore[attr-defined]
    assert list(words) == [f"{whose} is a member already. Change that member's row, or look at the page again."]
    assert list(Membership.objects.values_list("account", "role")) == [(rows[Account].pk, "owner")]
