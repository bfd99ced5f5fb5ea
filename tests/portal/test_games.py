"""Pages of games."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.games import icons
from apps.games.models import AchievementCompletion, Game, Membership, Studio
from apps.players.models import Account
from tests.factories import make_account, make_achievement, make_game
from tests.games.pictures import picture
from tests.portal.conftest import browser_of, text_of

pytestmark = pytest.mark.django_db

FIELDS = {"name": "Tide & Ember", "accent": "#aa3300", "accent_dark": "#ffaa88", "default_setter": "server"}


def test_a_newcomer_is_offered_the_first_step() -> None:
    page = text_of(browser_of(make_account()).get("/portal/"))

    assert "Create a studio and its first game." in page
    assert 'href="/portal/games/new/"' in page


def test_a_newcomers_first_game_brings_its_studio_along() -> None:
    account = make_account()
    browser = browser_of(account)

    response = browser.post("/portal/games/new/", {**FIELDS, "studio_name": "Night Harbour"})

    assert (response.status_code, response["Location"]) == (302, "/portal/games/tide-ember/")
    game = Game.objects.select_related("studio").get()
    assert (game.name, game.studio.name, game.is_published) == ("Tide & Ember", "Night Harbour", False)
    assert game.palette == {"accent": "#aa3300", "accent_dark": "#ffaa88"}
    membership = Membership.objects.get()
    assert (membership.account, membership.studio, membership.role) == (account, game.studio, "owner")
    assert "Only your studio can see it." in text_of(browser.get(response["Location"]))


def test_a_refused_first_game_leaves_no_studio_behind() -> None:
    make_game(slug="taken")
    studios = Studio.objects.count()
    browser = browser_of(make_account())

    responses = [
        browser.post("/portal/games/new/", {**FIELDS, "studio_name": "Night Harbour", **wrong})
        for wrong in ({"slug": "taken"}, {"name": ""}, {"studio_name": ""}, {"slug": "new"}, {"accent": "red"})
    ]

    assert [answer.status_code for answer in responses] == [422] * 5
    assert "Another game has this web address. Choose another." in text_of(responses[0])
    assert (Studio.objects.count(), Game.objects.count()) == (studios, 1)


def test_a_second_game_may_go_to_the_same_studio_or_to_a_new_one(browser: Client, studio: Studio) -> None:
    browser.post("/portal/games/new/", {**FIELDS, "studio": str(studio.id), "name": "One"})
    browser.post("/portal/games/new/", {**FIELDS, "studio": "new", "studio_name": "Day Harbour", "name": "Two"})

    assert dict(Game.objects.values_list("name", "studio__name")) == {"One": "Night Harbour", "Two": "Day Harbour"}


def test_nobody_adds_games_to_a_studio_they_may_not_edit(browser: Client, studio: Studio, owner: Account) -> None:
    foreign = make_game().studio
    Membership.objects.create(studio=foreign, account=owner, role="viewer")

    response = browser.post("/portal/games/new/", {**FIELDS, "studio": str(foreign.id)})

    assert response.status_code == 422
    assert Game.objects.filter(studio=foreign).count() == 1


def test_a_cover_is_stored_reencoded(browser: Client, tide: Game) -> None:
    upload = SimpleUploadedFile("../../evil.php", picture((800, 800)), "text/html")

    response = browser.post("/portal/games/tide/edit/", {**FIELDS, "slug": "tide", "cover": upload})

    assert response.status_code == 302
    tide.refresh_from_db()
    assert tide.cover.name.startswith("games/covers/")
    assert tide.cover.name.endswith(".jpg")
    assert default_storage.exists(tide.cover.name)
    assert tide.cover.url in text_of(browser.get("/portal/"))


def test_a_cover_sent_while_too_many_are_read_changes_nothing(owner: Account, tide: Game, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.games.icons.WAIT_SECONDS", 0.01)
    browser = Client(raise_request_exception=False)
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    upload = SimpleUploadedFile("cover.png", picture((1600, 900)), "image/png")

    with icons._decoding:
        response = browser.post(
            "/portal/games/tide/edit/", {**FIELDS, "name": "Other", "slug": "tide", "cover": upload}
        )

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Too many pictures are being read at once." in text_of(response)
    tide.refresh_from_db()
    assert (tide.name, tide.cover.name) == ("Tide & Ember", "")


def test_a_game_can_be_edited_without_a_new_cover(browser: Client, tide: Game) -> None:
    Game.objects.update(cover="games/covers/stored.jpg")

    browser.post("/portal/games/tide/edit/", {**FIELDS, "slug": "ember", "tagline": "By lamplight"})

    tide.refresh_from_db()
    assert (tide.slug, tide.tagline, tide.cover.name) == ("ember", "By lamplight", "games/covers/stored.jpg")


def test_a_file_that_is_no_picture_is_reported_beside_its_field(browser: Client, tide: Game) -> None:
    upload = SimpleUploadedFile("cover.png", b"MZ not a picture", "image/png")

    response = browser.post("/portal/games/tide/edit/", {**FIELDS, "slug": "tide", "cover": upload})

    assert response.status_code == 422
    assert "This is not a picture we can read." in text_of(response)
    tide.refresh_from_db()
    assert tide.cover.name == ""


def test_publishing_a_game_needs_something_to_earn(browser: Client, tide: Game) -> None:
    refused = text_of(browser.post("/portal/games/tide/publish/", follow=True))
    make_achievement(tide)
    done = text_of(browser.post("/portal/games/tide/publish/", follow=True))

    assert "Publish at least one achievement first" in refused
    assert "Tide &amp; Ember is published. Everyone can see it now." in done
    assert Game.objects.get().is_published is True
    browser.post("/portal/games/tide/unpublish/")
    assert Game.objects.get().is_published is False


def test_the_table_shows_every_achievement_with_its_state_points_and_rarity(browser: Client, tide: Game) -> None:
    draft = make_achievement(tide, name="Draft one", state="draft", points=30, position=1)
    common = make_achievement(tide, name="Common one", points=40, is_hidden=True, position=2)
    make_achievement(tide, name="Shelved one", points=500, state="archived", position=3)
    AchievementCompletion.objects.create(achievement=common, share=0.625, unlock_count=50, player_count=80)

    page = text_of(browser.get("/portal/games/tide/"))

    assert page.index("Draft one") < page.index("Common one") < page.index("Shelved one")
    assert '<b class="numeral">70</b> of 1,000 points used' in page
    assert "930 left" in page
    assert "62.5%" in page
    assert f"<code>{draft.key.replace('_', '_<wbr>')}</code>" in page
    # Once in its column, once below the name for phones.
    assert [page.count(f">{state}</span>") for state in ("Draft", "Published", "Archived")] == [2, 2, 2]


@pytest.mark.parametrize("count", [1, 50])
def test_a_games_page_takes_the_same_queries_however_much_there_is(
    browser: Client, tide: Game, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        achievement = make_achievement(tide)
        AchievementCompletion.objects.create(achievement=achievement, share=0.1)

    # The account with the header, the game with the role, table and sets.
    with django_assert_num_queries(4):
        response = browser.get("/portal/games/tide/")

    assert text_of(response).count('<tr id="a-') == count


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_of_games_takes_the_same_queries_however_many_there_are(
    browser: Client, studio: Studio, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make_achievement(make_game(studio=studio))

    # The account with the header; memberships, games, achievements and players.
    with django_assert_num_queries(5):
        response = browser.get("/portal/")

    assert text_of(response).count('class="portal-game"') == count


def test_another_studios_games_are_not_in_the_list(browser: Client, tide: Game) -> None:
    make_game(name="Elsewhere")

    page = text_of(browser.get("/portal/"))

    assert "Tide &amp; Ember" in page
    assert "Elsewhere" not in page


def test_names_are_shown_as_text(browser: Client, tide: Game) -> None:
    Game.objects.update(name="<script>alert(1)</script>")
    make_achievement(tide, name='"><img src=x onerror=alert(1)>')

    for path in ("/portal/", "/portal/games/tide/", "/portal/games/tide/edit/", "/portal/games/tide/keys/"):
        page = text_of(browser.get(path))
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
