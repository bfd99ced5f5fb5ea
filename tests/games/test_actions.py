"""Writing studios, games and achievements."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from apps.core.errors import DomainError, InvalidError, NotFoundError
from apps.games.actions import (
    archive_achievement,
    create_achievement,
    create_game,
    create_studio,
    delete_achievement,
    edit_achievement,
    edit_game,
    move_achievement,
    publish_achievement,
    publish_game,
    unpublish_game,
)
from apps.games.actions.achievements import Direction
from apps.games.actions.drafts import KeyTakenError, WrongStateError
from apps.games.actions.games import NothingPublishedError, SlugFixedError, SlugTakenError
from apps.games.definitions.budget import BudgetExceededError
from apps.games.definitions.content import definition_of
from apps.games.definitions.definition import AchievementDefinition, GameDefinition
from apps.games.models import Achievement, Game, Membership, Studio
from apps.players.models import Player
from apps.unlocks.models import Unlock
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_studio
from tests.live import is_someone_waiting, wait_until

pytestmark = pytest.mark.django_db

ID = "01a22e59-4cad-7f00-8000-000000000000"
FIRST_LIGHT = AchievementDefinition(key="ACH_FIRST_LIGHT", name="First light", points=10)


def test_a_new_studio_belongs_to_who_made_it() -> None:
    owner = make_account()

    studio = create_studio(name="  Night Harbour Games ", owner=owner)

    assert (studio.slug, studio.name) == ("night-harbour-games", "Night Harbour Games")
    assert Membership.objects.get().role == "owner"
    assert Membership.objects.get().account == owner


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_studio_needs_a_name(name: str) -> None:
    with pytest.raises(InvalidError):
        create_studio(name=name, owner=make_account())

    assert Studio.objects.count() == 0


def test_games_of_one_name_get_addresses_of_their_own() -> None:
    studio = make_studio()

    slugs = [create_game(studio=studio, definition=GameDefinition(name="Tide & Ember")).slug for _ in range(3)]

    assert slugs == ["tide-ember", "tide-ember-2", "tide-ember-3"]


@pytest.mark.parametrize(
    ("name", "slug"), [("New", "new-2"), ("Global", "global-2"), ("東京", "game"), (ID, f"{ID}-2")]
)
def test_an_address_made_from_a_name_leads_to_no_other_page(name: str, slug: str) -> None:
    assert create_game(studio=make_studio(), definition=GameDefinition(name=name)).slug == slug


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"slug": "new"}, "/slug"),
        ({"slug": "global"}, "/slug"),
        ({"slug": "Tide"}, "/slug"),
        ({"slug": ID}, "/slug"),
        ({"slug": "tide ember"}, "/slug"),
        ({"tagline": "x" * 141}, "/tagline"),
        ({"accent": "red"}, "/accent"),
        ({"accent_dark": "#12345"}, "/accent_dark"),
        ({"default_setter": "nobody"}, "/default_setter"),
    ],
)
def test_a_game_with_a_bad_member_is_refused_and_not_made(fields: dict[str, Any], pointer: str) -> None:
    definition = replace(GameDefinition(name="Tide"), **fields)

    with pytest.raises(InvalidError) as refusal:
        create_game(studio=make_studio(), definition=definition)

    assert refusal.value.pointer == pointer
    assert Game.objects.count() == 0


def test_an_address_is_given_once() -> None:
    make_game(slug="tide")

    with pytest.raises(SlugTakenError):
        create_game(studio=make_studio(), definition=GameDefinition(name="Tide", slug="tide"))

    assert Game.objects.count() == 1


def test_editing_a_game_keeps_what_its_palette_holds_beside_the_accents() -> None:
    game = make_game(palette={"accent": "#112233", "accent_dark": "#445566", "ink": "#000000"}, is_published=False)

    edit_game(game=game, definition=GameDefinition(name="Ember", slug="ember", accent="#AABBCC"))

    game.refresh_from_db()
    assert (game.name, game.slug) == ("Ember", "ember")
    assert game.palette == {"ink": "#000000", "accent": "#aabbcc"}


def test_a_published_game_keeps_its_address() -> None:
    game = make_game(slug="tide")

    with pytest.raises(SlugFixedError):
        edit_game(game=game, definition=GameDefinition(name="Tide", slug="ember"))

    game.refresh_from_db()
    assert game.slug == "tide"


def test_the_budget_is_not_set_below_the_points_in_use() -> None:
    game = make_game()
    make_achievement(game, points=60)

    with pytest.raises(InvalidError) as refusal:
        edit_game(game=game, definition=GameDefinition(name=game.name), points_budget=59)
    edit_game(game=game, definition=GameDefinition(name=game.name), points_budget=60)

    assert refusal.value.pointer == "/points_budget"
    game.refresh_from_db()
    assert game.points_budget == 60


def test_a_game_is_published_once_it_has_something_to_earn() -> None:
    game = make_game(is_published=False)
    draft = make_achievement(game, state="draft")

    with pytest.raises(NothingPublishedError):
        publish_game(game=game)
    publish_achievement(achievement=draft)
    publish_game(game=game)

    assert Game.objects.get().is_published is True
    assert unpublish_game(game=game).is_published is False


def test_a_new_achievement_is_a_draft_at_the_end_of_the_list() -> None:
    game = make_game()
    make_achievement(game, position=7)

    achievement = create_achievement(game=game, definition=FIRST_LIGHT, icon="games/icons/a.png")

    achievement.refresh_from_db()
    assert (achievement.state, achievement.position, achievement.version) == ("draft", 8, 1)
    assert definition_of(achievement) == FIRST_LIGHT
    assert (achievement.icon, achievement.icon_locked) == ("games/icons/a.png", "")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"key": "ach small"}, "/key"),
        ({"key": ".."}, "/key"),
        ({"key": "A" * 65}, "/key"),
        ({"name": " "}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"name": "bell\x07"}, "/name"),
        ({"description": "x" * 301}, "/description"),
        ({"points": -1}, "/points"),
        ({"points": 1001}, "/points"),
        ({"kind": "sometimes"}, "/kind"),
        ({"kind": "incremental"}, "/target"),
        ({"kind": "incremental", "target": 1}, "/target"),
        ({"kind": "incremental", "target": 2**31}, "/target"),
        ({"target": 5}, "/target"),
        ({"setter": "anyone"}, "/setter"),
    ],
)
def test_an_achievement_with_a_bad_member_is_refused_and_not_made(fields: dict[str, Any], pointer: str) -> None:
    game = make_game(points_budget=5000)

    with pytest.raises(InvalidError) as refusal:
        create_achievement(game=game, definition=replace(FIRST_LIGHT, **fields))

    assert refusal.value.pointer == pointer
    assert Achievement.objects.count() == 0


def test_a_key_is_given_once_a_game() -> None:
    game, other = make_game(), make_game()
    create_achievement(game=game, definition=FIRST_LIGHT)

    with pytest.raises(KeyTakenError) as refusal:
        create_achievement(game=game, definition=FIRST_LIGHT)
    create_achievement(game=other, definition=FIRST_LIGHT)

    assert refusal.value.pointer == "/key"
    assert Achievement.objects.filter(game=game).count() == 1


def test_the_budget_counts_drafts_and_published_but_not_archived_ones() -> None:
    game = make_game(points_budget=100)
    make_achievement(game, points=40)
    make_achievement(game, points=40, state="draft")
    make_achievement(game, points=90, state="archived")

    with pytest.raises(BudgetExceededError) as refusal:
        create_achievement(game=game, definition=replace(FIRST_LIGHT, points=21))
    create_achievement(game=game, definition=replace(FIRST_LIGHT, points=20))
    with pytest.raises(BudgetExceededError) as one_more:
        create_achievement(game=game, definition=replace(FIRST_LIGHT, key="ACH_ONE_MORE", points=1))

    assert [refusal.value.detail, one_more.value.detail] == [
        'The budget of the set "Base game" is 100 points and 20 of them are left, so 21 do not fit.',
        'The budget of the set "Base game" is 100 points and 0 of them are left, so 1 does not fit.',
    ]
    assert Achievement.objects.filter(game=game).count() == 4


def test_editing_counts_an_achievements_own_points_once() -> None:
    game = make_game(points_budget=100)
    make_achievement(game, points=50)
    achievement = make_achievement(game, points=50)

    with pytest.raises(BudgetExceededError):
        edit_achievement(achievement=achievement, definition=replace(definition_of(achievement), points=51))
    edit_achievement(achievement=achievement, definition=replace(definition_of(achievement), points=49))

    achievement.refresh_from_db()
    assert (achievement.points, achievement.draft.points) == (50, 49)


def test_an_archived_achievement_comes_back_only_if_its_points_are_free() -> None:
    game = make_game(points_budget=100)
    shelved = make_achievement(game, points=60, state="archived")
    other = make_achievement(game, points=50)

    with pytest.raises(BudgetExceededError):
        publish_achievement(achievement=shelved)
    archive_achievement(achievement=other)
    publish_achievement(achievement=shelved)

    shelved.refresh_from_db()
    assert (shelved.state, shelved.archived_at) == ("published", None)


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        ({"name": "Dawn"}, 2),
        ({"description": "See the sun rise."}, 2),
        ({"points": 11}, 2),
        ({"target": 20}, 2),
        ({"is_hidden": True}, 1),
        ({"setter": "client"}, 1),
        ({}, 1),
    ],
)
def test_the_version_goes_up_with_what_a_player_earns(fields: dict[str, Any], version: int) -> None:
    achievement = make_achievement(make_game(), kind="incremental", target=10)

    edit_achievement(achievement=achievement, definition=replace(definition_of(achievement), **fields))
    drafted = Achievement.objects.get()
    publish_achievement(achievement=achievement)

    achievement.refresh_from_db()
    assert (drafted.version, achievement.version) == (1, version)


@pytest.mark.parametrize(
    ("fields", "pointer"), [({"key": "ACH_OTHER"}, "/key"), ({"kind": "incremental", "target": 5}, "/kind")]
)
@pytest.mark.parametrize("state", ["published", "archived"])
def test_key_and_kind_stay_once_published(state: str, fields: dict[str, Any], pointer: str) -> None:
    achievement = make_achievement(make_game(), state=state)
    before = definition_of(achievement)

    with pytest.raises(InvalidError) as refusal:
        edit_achievement(achievement=achievement, definition=replace(before, **fields))

    assert refusal.value.pointer == pointer
    achievement.refresh_from_db()
    assert definition_of(achievement) == before


def test_a_draft_may_change_its_key_and_kind() -> None:
    draft = make_achievement(make_game(), state="draft")
    after = replace(definition_of(draft), key="ACH_OTHER", kind="incremental", target=5)

    edit_achievement(achievement=draft, definition=after)

    draft.refresh_from_db()
    assert definition_of(draft) == after


def test_icons_not_given_stay() -> None:
    achievement = make_achievement(make_game(), icon="a.png", icon_locked="b.png")

    edit_achievement(achievement=achievement, definition=definition_of(achievement), icon="c.png")
    publish_achievement(achievement=achievement)

    achievement.refresh_from_db()
    assert (achievement.icon, achievement.icon_locked) == ("c.png", "b.png")


def test_publishing_twice_keeps_the_first_time() -> None:
    draft = make_achievement(make_game(), state="draft")

    first = publish_achievement(achievement=draft).published_at
    second = publish_achievement(achievement=draft).published_at

    assert first is not None
    assert second == first


def test_archiving_keeps_unlocks(api: Api, alice: Player, achievement: Achievement) -> None:
    api.unlock(alice, achievement)

    archive_achievement(achievement=achievement)

    achievement.refresh_from_db()
    assert achievement.state == "archived"
    assert achievement.archived_at is not None
    assert Unlock.objects.filter(achievement=achievement).count() == 1


@pytest.mark.parametrize("state", ["published", "archived"])
def test_only_drafts_are_deleted(state: str) -> None:
    used = make_achievement(make_game(), state=state)
    draft = make_achievement(used.game, state="draft")

    with pytest.raises(WrongStateError):
        delete_achievement(achievement=used)
    delete_achievement(achievement=draft)

    assert list(Achievement.objects.all()) == [used]


def test_a_deleted_achievement_is_not_found_again() -> None:
    draft = make_achievement(make_game(), state="draft")
    gone = Achievement.objects.get(pk=draft.pk)
    delete_achievement(achievement=draft)

    for action in (publish_achievement, archive_achievement, delete_achievement):
        with pytest.raises(NotFoundError):
            action(achievement=gone)


@pytest.mark.parametrize(
    ("direction", "order"),
    [("up", "ACBD"), ("down", "ABDC"), ("top", "CABD"), ("bottom", "ABDC")],
)
def test_an_achievement_moves_among_those_that_are_not_archived(direction: Direction, order: str) -> None:
    game = make_game()
    places = {"A": 1, "X": 2, "B": 3, "C": 3, "D": 9}
    rows = {name: make_achievement(game, name=name, position=place) for name, place in places.items()}
    archive_achievement(achievement=rows["X"])

    move_achievement(achievement=rows["C"], direction=direction)

    names = Achievement.objects.filter(game=game).order_by("position", "id").values_list("name", "position")
    assert list(names) == [(name, number) for number, name in enumerate(order + "X", start=1)]


def test_the_first_one_stays_first_when_moved_up() -> None:
    game = make_game()
    first, second = (make_achievement(game, position=place) for place in (1, 2))

    move_achievement(achievement=first, direction="up")

    assert list(Achievement.objects.order_by("position")) == [first, second]


@pytest.mark.django_db(transaction=True)
def test_a_second_writer_waits_for_the_first_and_finds_the_budget_spent() -> None:
    game = make_game(points_budget=100)
    outcomes: list[str] = []

    def write() -> None:
        try:
            create_achievement(game=game, definition=AchievementDefinition("ACH_SECOND", "Second", 60))
            outcomes.append("created")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    second = threading.Thread(target=write)
    with transaction.atomic():
        create_achievement(game=game, definition=AchievementDefinition("ACH_FIRST", "First", 60))
        second.start()
        wait_until(lambda: is_someone_waiting() or not second.is_alive(), "the second writer stands at the lock")
    second.join()

    assert outcomes == ["budget_exceeded"]
    assert list(Achievement.objects.values_list("key", "points")) == [("ACH_FIRST", 60)]


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_one_key_make_it_once() -> None:
    game = make_game()
    barrier = threading.Barrier(4)
    outcomes: list[str] = []

    def write() -> None:
        barrier.wait()
        try:
            create_achievement(game=game, definition=FIRST_LIGHT)
            outcomes.append("created")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["created", "key_taken", "key_taken", "key_taken"]
    assert Achievement.objects.count() == 1
