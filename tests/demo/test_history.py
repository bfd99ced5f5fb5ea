"""The demo's community, before any of it is stored: believable, and the same whenever it is made."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from apps.core.ids import new_id
from apps.demo.content import demo_games
from apps.demo.credentials import DEMO_PLAYERS, store_keys, token
from apps.demo.hardcore import SHARE, PastHardcore, in_hardcore
from apps.demo.history import DAYS, DEMO_SHARE_MIN, Earnable, PastUnlock, follows, unlocks
from apps.demo.people import DISPLAY_NAME_MAX, Person, people, plain
from apps.games.auth import keys
from apps.games.models import ApiKey
from apps.players.models import handle_rule
from tests.recompute import differences

# A Saturday, early in the UTC day, where evenings of the west are still to come.
MOMENT = datetime(2026, 3, 14, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
Games = list[list[Earnable]]


@cache
def community() -> tuple[list[Person], Games, list[PastUnlock]]:
    return make_community(3000)


def make_community(count: int) -> tuple[list[Person], Games, list[PastUnlock]]:
    random = Random(7)
    games = [
        [
            Earnable(new_id(), UUID(int=n), item.points, item.share, has_modes=title.has_modes)
            for item in title.achievements
        ]
        for n, title in TITLES
    ]
    persons = people(count, random)
    return persons, games, list(unlocks(persons, games, demo_count=DEMO_PLAYERS, moment=MOMENT, random=random))


TITLES = list(enumerate(demo_games()))


def test_handles_are_everyones_own_and_could_have_been_signed_up_with() -> None:
    persons, _, _ = community()

    assert len({person.handle for person in persons}) == 3000
    for person in persons:
        handle_rule(person.handle)
        assert person.handle == person.handle.lower()
        assert 0 < len(person.display_name) <= DISPLAY_NAME_MAX


def test_names_lose_their_marks_and_keep_their_letters_in_handles() -> None:
    assert [plain(name) for name in ("Søren", "Łukasz", "Ngọc", "Úrsula", "Đặng")] == [
        *("soren", "lukasz", "ngoc", "ursula", "dang")
    ]


def test_history_is_made_the_same_again() -> None:
    first, again = make_community(60), make_community(60)

    assert [person.handle for person in first[0]] == [person.handle for person in again[0]]
    assert [item.unlocked_at for item in first[2]] == [item.unlocked_at for item in again[2]]
    assert [item.achievement.share for item in first[2]] == [item.achievement.share for item in again[2]]
    pairs, pairs_again = (follows(made[0], count=200, random=Random(1)) for made in (first, again))
    assert [(one.handle, other.handle) for one, other in pairs] == [
        (one.handle, other.handle) for one, other in pairs_again
    ]


def test_each_achievement_is_earned_by_about_its_share_of_the_games_players() -> None:
    _, games, earned = community()
    holders = Counter(item.achievement.id for item in earned)

    for game in games:
        ids = {achievement.id for achievement in game}
        players = len({item.player_id for item in earned if item.achievement.id in ids})
        for achievement in game:
            # Four standard deviations of a draw, and what the demo players leave unearned.
            slack = 4 * (achievement.share * (1 - achievement.share) / players) ** 0.5 + DEMO_PLAYERS / players
            assert holders[achievement.id] / players == pytest.approx(achievement.share, abs=slack)


def test_a_few_players_complete_a_game_and_nobody_earns_anything_twice() -> None:
    _, games, earned = community()
    had = Counter((item.player_id, item.achievement.game_id) for item in earned)
    sizes = {UUID(int=number): len(game) for number, game in enumerate(games)}

    complete = [game_id for (_, game_id), count in had.items() if count == sizes[game_id]]

    assert len({(item.player_id, item.achievement.id) for item in earned}) == len(earned)
    assert 3 <= len(complete) <= 40
    assert all(count <= sizes[game_id] for (_, game_id), count in had.items())


def test_no_unlock_is_in_the_future_and_the_latest_are_minutes_old() -> None:
    _, _, earned = community()
    ages = sorted(MOMENT - item.unlocked_at for item in earned)

    assert ages[0] >= timedelta(0)
    assert ages[10] < timedelta(minutes=15)
    # An evening that began in the zone farthest from UTC, on the first day.
    assert ages[-1] < DAY * (DAYS + 2)


def test_the_last_days_are_as_lively_as_those_before() -> None:
    _, _, earned = community()
    by_age = Counter((MOMENT - item.unlocked_at) // DAY for item in earned)
    typical = median(by_age[age] for age in range(7, 90))

    assert all(0.6 * typical < by_age[age] < 2.5 * typical for age in range(30))


def test_people_play_in_the_evening_where_they_live() -> None:
    persons, _, earned = community()
    offsets = {person.id: timedelta(hours=person.utc_hours) for person in persons}
    # Not those whose unlock was moved to just now, whatever the hour.
    settled = [item for item in earned if MOMENT - item.unlocked_at > DAY]
    hours = Counter((item.unlocked_at + offsets[item.player_id]).hour for item in settled)

    assert sum(hours[hour] for hour in range(17, 24)) > 0.5 * len(settled)
    assert sum(hours[hour] for hour in range(3, 8)) < 0.1 * len(settled)


def test_demo_players_have_much_to_show_and_much_to_earn() -> None:
    persons, games, earned = community()

    for person in persons[:DEMO_PLAYERS]:
        mine = [item.achievement for item in earned if item.player_id == person.id]
        assert len({achievement.game_id for achievement in mine}) >= 3
        assert all(item.share > DEMO_SHARE_MIN for item in mine if item.game_id == games[0][0].game_id)


def test_a_third_of_a_games_players_earn_a_part_of_theirs_in_hardcore_never_before_the_unlock() -> None:
    persons, games, earned = community()
    (of_modes,) = ({item.id for item in game} for game in games if game[0].has_modes)

    found, again = hardcore_of(persons, earned), hardcore_of(persons, earned)

    unlocks_of_modes = [item for item in earned if item.achievement.id in of_modes]
    players = {item.player_id for item in unlocks_of_modes}
    bold = {item.unlock.player_id for item in found}
    assert found == again
    assert {item.unlock.achievement.id for item in found} <= of_modes
    assert len({(item.unlock.player_id, item.unlock.achievement.id) for item in found}) == len(found)
    assert all(item.unlock.unlocked_at <= item.hardcore_at <= MOMENT for item in found)
    assert sum(item.hardcore_at > item.unlock.unlocked_at for item in found) > 0.05 * len(found)
    assert len(bold) / len(players) == pytest.approx(SHARE, abs=0.06)
    assert 0.1 < len(found) / len(unlocks_of_modes) < 0.3
    # They all try; one with a few hard achievements may have earned none of them so.
    assert sum(person.id in bold for person in persons[:DEMO_PLAYERS]) >= DEMO_PLAYERS - 2


def hardcore_of(persons: list[Person], earned: list[PastUnlock]) -> list[PastHardcore]:
    return list(in_hardcore(persons, earned, demo_count=DEMO_PLAYERS, moment=MOMENT, random=Random(9)))


def test_follows_are_distinct_never_of_oneself_and_few_are_followed_by_many() -> None:
    persons, _, _ = community()

    pairs = follows(persons, count=15_000, random=Random(3))

    followers = Counter(followed.id for _, followed in pairs)
    assert len({(one.id, other.id) for one, other in pairs}) == 15_000
    assert all(one is not other for one, other in pairs)
    assert max(followers.values()) > 30 * median(followers.values())


@pytest.fixture
def seeded(settings: Any, tmp_path: Path, transactional_db: None, quick_pictures: None) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.LAUREL_HOME = tmp_path
    call_command("seed_demo", players=60, verbosity=0)


def dsn() -> str:
    database = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return " ".join(f"{name}={database[setting]}" for name, setting in names.items() if database[setting])


@pytest.mark.usefixtures("seeded")
def test_every_window_that_boards_still_show_is_complete(relay: Callable[[], int]) -> None:
    # The relay reports the windows that were closed.
    relay()
    # As far back as a day can open and still be in Redis, and as a month can: each 35 days after it closed.
    oldest_day = datetime.now(UTC).date() - timedelta(days=35)
    oldest_month = oldest_day - timedelta(days=31)

    assert differing(oldest_day) == []
    assert [line for line in differing(oldest_month) if "month" in line] == []


def differing(since: date) -> list[str]:
    return differences(dsn(), django_settings.REDIS_URL, windows_since=since, recorded_since=datetime.now(UTC))


@pytest.mark.usefixtures("seeded")
def test_another_secret_key_gets_keys_of_its_own_and_a_revoked_key_stays_revoked(settings: Any) -> None:
    ApiKey.objects.filter(digest=keys.digest_of(token("test"))).update(revoked_at=MOMENT)
    store_keys()
    # The keyed game's live key, two of the game with modes, and the shipped game's publishable one.
    assert ApiKey.objects.filter(revoked_at=None).count() == 4
    assert ApiKey.objects.count() == 5

    settings.SECRET_KEY = "another, as in a new LAUREL_HOME beside the old database"
    store_keys()

    assert ApiKey.objects.filter(digest=keys.digest_of(token("live")), revoked_at=None).count() == 1
    assert ApiKey.objects.count() == 10
