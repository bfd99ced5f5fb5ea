"""Reading achievements, unlocks and progress: who sees what."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.actions import amend_achievement, publish_achievement
from apps.games.models import Achievement, AchievementCompletion, Game
from apps.games.rarity import TIERS, shares_of, tier_of
from apps.players.models import ExternalIdentity, Follow, Player
from apps.unlocks.models import Progress, SandboxProgress
from tests.conftest import Api
from tests.factories import make_account, make_achievement, make_game, make_key, make_player

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lasting_callers")]
LogIn = Callable[[Player], Api]
MASKED = {"key": None, "name": None, "description": None, "icon_url": None, "locked_icon_url": None, "target": None}
WHEN = datetime(2026, 5, 4, 12, tzinfo=UTC)


def keys_of(response: Any) -> list[str | None]:
    assert response.status_code == 200, response.content
    return [row["key"] for row in response.json()["results"]]


def start(player: Player, achievement: Achievement, steps: int, model: Any = Progress, **fields: Any) -> None:
    ids = {"player_id": player.id, "achievement_id": achievement.id, "game_id": achievement.game_id}
    model.objects.create(**ids, steps=steps, **{"updated_at": now(), **fields})


def incremental(game: Game, **fields: Any) -> Achievement:
    return make_achievement(game, **{"kind": "incremental", "target": 10, **fields})


@pytest.fixture
def secret(game: Game) -> Achievement:
    return make_achievement(
        game, key="ACH_SECRET", name="Secret", description="Psst", icon="a.png", icon_locked="b.png", is_hidden=True
    )


def test_anyone_reads_a_games_achievements_in_authored_order(anonymous: Api, game: Game) -> None:
    last = incremental(game, key="ACH_LAST", name="Last", description="At last", points=30, position=2, icon="x/y.png")
    make_achievement(game, key="ACH_FIRST", position=1)
    make_achievement(game, key="ACH_DRAFT", state="draft")
    make_achievement(game, key="ACH_OLD", state="archived")
    AchievementCompletion.objects.create(achievement=last, unlock_count=3, player_count=100, share=0.03)

    response = anonymous.get(f"games/{game.id}/achievements")

    assert keys_of(response) == ["ACH_FIRST", "ACH_LAST"]
    assert response.json()["results"][1] == {
        "id": str(last.id),
        "number": last.number,
        "set": "base",
        "key": "ACH_LAST",
        "name": "Last",
        "description": "At last",
        "points": 30,
        "kind": "incremental",
        "target": 10,
        "hidden": False,
        "icon_url": "/media/x/y.png",
        "locked_icon_url": None,
        "rarity": {"share": 0.03, "tier": "epic"},
        "unlocked_at": None,
        "steps": None,
    }
    assert anonymous.get(f"games/{game.id}/achievements/ACH_LAST").json() == response.json()["results"][1]
    assert anonymous.get(f"games/{game.id}/achievements/{last.id}").json() == response.json()["results"][1]


def test_what_is_not_public_is_not_found(anonymous: Api, api: Api, game: Game) -> None:
    draft = make_achievement(game, key="ACH_DRAFT", state="draft")
    unpublished = make_game(is_published=False)

    for caller in (anonymous, api):
        assert caller.get(f"games/{game.id}/achievements/ACH_DRAFT").json()["code"] == "achievement_not_found"
        assert caller.get(f"games/{game.id}/achievements/{draft.id}").json()["code"] == "achievement_not_found"
        assert caller.get(f"games/{unpublished.id}/achievements").json()["code"] == "game_not_found"
        assert caller.get(f"games/{uuid4()}/achievements").json()["code"] == "game_not_found"
        assert caller.get(f"games/{game.id}/achievements?player_id={uuid4()}").json()["code"] == "player_not_found"
    for text in ("x", ""):
        refused = anonymous.get(f"games/{game.id}/achievements?player_id={text}")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "player_id")
    assert anonymous.get(f"games/{game.id}/achievements?kind=x").status_code == 400


def test_hidden_ones_are_masked_in_every_response_for_who_has_not_earned_them(
    api: Api, anonymous: Api, as_player: LogIn, token_api: Any, alice: Player, bob: Player, secret: Achievement
) -> None:
    api.unlock(alice, secret)
    game = secret.game
    listed, single = f"games/{game.id}/achievements", f"games/{game.id}/achievements/{secret.id}"

    def shown(caller: Api, query: str = "") -> list[dict[str, Any]]:
        (row,) = caller.get(f"{listed}{query}").json()["results"]
        return [row, caller.get(f"{single}{query}").json()]

    of_alice = f"?player_id={alice.id}"
    blind = [*shown(anonymous), *shown(api), *shown(as_player(bob)), *shown(token_api(bob, game))]
    blind += [*shown(anonymous, of_alice), *shown(as_player(bob), of_alice), *shown(api, f"?player_id={bob.id}")]
    blind += [*shown(Api(make_key(make_game()))), *shown(token_api(alice, make_game()))]
    for caller in (anonymous, as_player(bob)):
        (unlock,) = caller.get(f"players/{alice.id}/unlocks").json()["results"]
        assert unlock["game"] == {"id": str(game.id), "slug": game.slug, "name": game.name}
        blind.append(unlock["achievement"])
    assert [{name: row[name] for name in MASKED} for row in blind] == [MASKED] * len(blind)
    assert {(row["id"], row["hidden"], row["steps"]) for row in blind} == {(str(secret.id), True, None)}

    seeing = [*shown(as_player(alice)), *shown(token_api(alice, game)), *shown(api, of_alice)]
    for caller, whose in ((as_player(alice), "me"), (token_api(alice, game), "me"), (api, alice.id)):
        seeing += [row["achievement"] for row in caller.get(f"players/{whose}/unlocks").json()["results"]]
    assert {(row["key"], row["name"], row["description"], row["icon_url"]) for row in seeing} == {
        ("ACH_SECRET", "Secret", "Psst", "/media/a.png")
    }


def test_a_revealed_one_is_shown_to_its_player_alone(
    anonymous: Api, as_player: LogIn, alice: Player, bob: Player, game: Game
) -> None:
    hidden = incremental(game, key="ACH_SHOWN", is_hidden=True)
    start(alice, hidden, 4, revealed_at=now())
    start(bob, hidden, 4)

    path = f"games/{game.id}/achievements"
    assert keys_of(as_player(alice).get(path)) == ["ACH_SHOWN"]
    assert as_player(alice).get(path).json()["results"][0]["steps"] == 4
    assert keys_of(as_player(bob).get(path)) == [None]
    assert as_player(bob).get(path).json()["results"][0]["steps"] is None
    assert keys_of(anonymous.get(f"{path}?player_id={alice.id}")) == [None]
    assert [row["steps"] for row in as_player(alice).get("players/me/progress").json()["results"]] == [4]
    assert as_player(bob).get("players/me/progress").json()["results"] == []


def test_a_rarity_is_the_same_number_in_every_answer(api: Api, alice: Player, game: Game) -> None:
    earned, steps = make_achievement(game, key="ACH_EARNED"), incremental(game, key="ACH_STEPS", position=1)
    for achievement in (earned, steps):
        AchievementCompletion.objects.create(achievement=achievement, share=0.017761989342806393)
    report = {"player_id": str(alice.id), "achievement_id": earned.key}
    progress = {"player_id": str(alice.id), "achievement_id": steps.key, "verb": "set_at_least", "steps": 3}

    answers = [
        api.post("achievements/unlock", report),
        api.post("achievements/unlock", report),
        api.post("achievements/unlock/batch", {"unlocks": [report]}),
        api.post("achievements/progress", progress),
        api.post("achievements/progress/batch", {"reports": [progress]}),
        api.get(f"games/{game.id}/achievements"),
        api.get(f"games/{game.id}/achievements/ACH_EARNED"),
        api.get(f"players/{alice.id}/unlocks"),
        api.get(f"players/{alice.id}/progress"),
    ]

    assert [set(rarities_in(answer.json())) for answer in answers] == [{(0.0178, "epic")}] * len(answers)


def rarities_in(value: Any) -> Iterator[tuple[float, str]]:
    """Yield every share with its tier, however deep."""
    if isinstance(value, dict) and "share" in value:
        yield value["share"], value["tier"]
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from rarities_in(item)


def test_archived_ones_are_listed_for_who_has_them(api: Api, anonymous: Api, alice: Player, game: Game) -> None:
    old = make_achievement(game, key="ACH_OLD")
    api.unlock(alice, old)
    Achievement.objects.filter(pk=old.id).update(state="archived")

    assert keys_of(anonymous.get(f"games/{game.id}/achievements?player_id={alice.id}")) == ["ACH_OLD"]
    assert keys_of(anonymous.get(f"games/{game.id}/achievements")) == []
    assert anonymous.get(f"games/{game.id}/achievements/ACH_OLD").status_code == 404


def test_lists_are_filtered(api: Api, anonymous: Api, alice: Player, game: Game) -> None:
    one, many = make_achievement(game, key="ACH_ONE"), incremental(game, key="ACH_MANY", position=1)
    AchievementCompletion.objects.create(achievement=one, share=0.05)
    AchievementCompletion.objects.create(achievement=many, share=1.0)
    api.unlock(alice, one)

    def listed(query: str) -> list[str | None]:
        return keys_of(anonymous.get(f"games/{game.id}/achievements?{query}"))

    assert listed("kind=incremental") == ["ACH_MANY"]
    assert (listed("tier=rare"), listed("tier=common"), listed("tier=epic")) == (["ACH_ONE"], ["ACH_MANY"], [])
    assert listed(f"player_id={alice.id}&earned=true") == ["ACH_ONE"]
    assert listed(f"player_id={alice.id}&earned=false") == ["ACH_MANY"]
    assert listed("earned=true") == []


def test_tiers_are_filtered_at_the_bounds_that_name_them() -> None:
    for tier in TIERS:
        low, high = shares_of(tier)
        assert tier_of(low) == tier
        assert tier_of(high) != tier or high > 1


def test_pages_of_achievements_follow_each_other(anonymous: Api, game: Game) -> None:
    for number in range(3):
        make_achievement(game, key=f"ACH_{number}_N", position=number)

    first = anonymous.get(f"games/{game.id}/achievements?page_size=2")
    link = first.json()["next"].partition("/api/v1/")[2]

    assert keys_of(first) == ["ACH_0_N", "ACH_1_N"]
    assert keys_of(anonymous.get(link)) == ["ACH_2_N"]
    assert anonymous.get(link.replace("cursor=", "cursor=x")).json()["code"] == "invalid_cursor"


def test_anonymous_lists_may_be_cached_by_anyone_and_personal_ones_by_their_reader(
    anonymous: Api, api: Api, as_player: LogIn, alice: Player, achievement: Achievement
) -> None:
    path = f"games/{achievement.game_id}/achievements"
    first = anonymous.get(path)
    again = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert first.headers["Vary"] == "Authorization, Cookie"
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert api.get(path).headers["ETag"] == first.headers["ETag"]
    own, named = as_player(alice).get(path), anonymous.get(f"{path}?player_id={alice.id}")
    assert own.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert named.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert own.headers["Vary"] == named.headers["Vary"] == "Authorization, Cookie"

    amend_achievement(achievement=achievement, changes={"name": "Renamed"})
    drafted = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})
    publish_achievement(achievement=achievement)
    changed = anonymous.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert drafted.status_code == 304
    assert (changed.status_code, changed.json()["results"][0]["name"]) == (200, "Renamed")


def test_a_list_for_strangers_costs_one_query_and_fills_nothing(
    anonymous: Api, achievement: Achievement, django_assert_num_queries: Any
) -> None:
    path = f"games/{achievement.game_id}/achievements"
    first = anonymous.get(path)
    redis.client().flushall()

    with django_assert_num_queries(2):
        assert anonymous.get(path).content == first.content
        assert anonymous.get(f"{path}?kind=one_shot").json() == first.json()
    assert redis.client().keys("*list*") == []


def test_unlocks_are_listed_newest_first(api: Api, anonymous: Api, alice: Player, game: Game) -> None:
    other = make_game()
    early, late = make_achievement(game, key="ACH_EARLY", points=15), make_achievement(game, key="ACH_LATE")
    elsewhere = make_achievement(other, key="ACH_ELSEWHERE")
    moment = now().replace(microsecond=0)
    api.unlock(alice, early, unlocked_at=(moment - timedelta(days=3)).isoformat())
    api.unlock(alice, late, unlocked_at=(moment - timedelta(days=1)).isoformat())
    Api(make_key(other)).unlock(alice, elsewhere, unlocked_at=(moment - timedelta(days=2)).isoformat())
    Achievement.objects.filter(pk=early.id).update(points=99)

    def listed(caller: Api, query: str = "") -> list[str]:
        rows = caller.get(f"players/{alice.id}/unlocks{query}").json()["results"]
        return [row["achievement"]["key"] for row in rows]

    assert listed(anonymous) == ["ACH_LATE", "ACH_ELSEWHERE", "ACH_EARLY"]
    assert listed(api) == ["ACH_LATE", "ACH_EARLY"]
    assert listed(anonymous, f"?game={other.id}") == ["ACH_ELSEWHERE"]
    assert listed(anonymous, f"?since={(moment - timedelta(days=2)).isoformat().replace('+00:00', 'Z')}") == [
        "ACH_LATE",
        "ACH_ELSEWHERE",
    ]
    row = api.get(f"players/{alice.id}/unlocks").json()["results"][1]
    assert (row["points"], row["achievement"]["points"]) == (15, 99)
    for since in ("yesterday", "0001-01-01T00:00:00%2B23:59"):
        assert anonymous.get(f"players/{alice.id}/unlocks?since={since}").status_code == 400
    assert anonymous.get("players/me/unlocks").json()["code"] == "not_authenticated"
    assert api.get("players/me/unlocks").json()["code"] == "player_not_found"


def test_private_players_are_not_found_by_strangers(
    api: Api, anonymous: Api, as_player: LogIn, alice: Player, bob: Player, achievement: Achievement
) -> None:
    api.unlock(alice, achievement)
    Player.objects.filter(pk=alice.id).update(visibility="private")
    paths = [f"players/{alice.id}/unlocks", f"games/{achievement.game_id}/achievements?player_id={alice.id}"]

    for caller in (anonymous, api, as_player(bob)):
        assert [caller.get(path).json()["code"] for path in paths] == ["player_not_found"] * 2
    assert [len(as_player(alice).get(path).json()["results"]) for path in paths] == [1, 1]

    Player.objects.filter(pk=alice.id).update(visibility="followers")
    Follow.objects.create(follower=alice, followed=bob)
    assert [as_player(bob).get(path).status_code for path in paths] == [200, 200]

    ExternalIdentity.objects.create(game_id=achievement.game_id, environment="live", external_id="a-1", player=alice)
    assert [api.get(path).status_code for path in paths] == [200, 200]


def test_progress_is_ones_own_and_what_is_under_way(
    api: Api, as_player: LogIn, token_api: Any, alice: Player, bob: Player, game: Game
) -> None:
    running, done, lowered = incremental(game, key="ACH_RUN"), incremental(game), incremental(game, key="ACH_LOW")
    start(alice, running, 3, updated_at=WHEN)
    start(alice, lowered, 25, updated_at=WHEN - timedelta(days=1))
    start(alice, done, 10)
    start(alice, incremental(game, state="archived"), 2)
    elsewhere = incremental(make_game(), key="ACH_ELSEWHERE")
    start(alice, elsewhere, 1, updated_at=WHEN - timedelta(days=2))
    api.unlock(alice, done)

    mine = as_player(alice).get("players/me/progress").json()["results"]
    assert [(row["achievement"]["key"], row["steps"], row["target"]) for row in mine] == [
        ("ACH_RUN", 3, 10),
        ("ACH_LOW", 10, 10),
        ("ACH_ELSEWHERE", 1, 10),
    ]
    assert mine[0]["updated_at"] == "2026-05-04T12:00:00Z"
    assert mine[0]["achievement"]["steps"] == 3
    for caller, path in ((token_api(alice, game), "players/me/progress"), (api, f"players/{alice.id}/progress")):
        assert [row["achievement"]["key"] for row in caller.get(path).json()["results"]] == ["ACH_RUN", "ACH_LOW"]
    for caller in (as_player(bob), token_api(bob, game)):
        assert caller.get(f"players/{alice.id}/progress").json()["code"] == "player_not_found"
    assert Api().get(f"players/{alice.id}/progress").status_code == 401


def test_test_keys_read_the_sandbox_and_drafts_of_their_own_game(
    api: Api, test_api: Api, token_api: Any, alice: Player, game: Game
) -> None:
    draft = incremental(game, key="ACH_DRAFT", state="draft")
    live = make_achievement(game, key="ACH_LIVE", position=1)
    api.unlock(alice, live)
    start(alice, draft, 5, SandboxProgress)

    def listed(caller: Api) -> list[tuple[Any, ...]]:
        rows = caller.get(f"games/{game.id}/achievements?player_id={alice.id}").json()["results"]
        return [(row["key"], row["steps"], row["unlocked_at"] is not None) for row in rows]

    assert listed(test_api) == [("ACH_DRAFT", 5, False), ("ACH_LIVE", None, False)]
    assert listed(token_api(alice, game, is_test=True)) == listed(test_api)
    assert listed(api) == [("ACH_LIVE", None, True)]
    assert test_api.get(f"players/{alice.id}/unlocks").json()["results"] == []
    (row,) = test_api.get(f"players/{alice.id}/progress").json()["results"]
    assert (row["achievement"]["key"], row["steps"]) == ("ACH_DRAFT", 5)

    Game.objects.filter(pk=game.id).update(is_published=False)
    assert listed(test_api)[0] == ("ACH_DRAFT", 5, False)
    assert test_api.get(f"games/{make_game().id}/achievements").json()["code"] == "game_not_found"


def test_lists_cost_the_same_at_one_and_at_fifty_rows(api: Api, alice: Player, game: Game) -> None:
    def costs() -> list[int]:
        paths = [f"games/{game.id}/achievements?player_id={alice.id}", f"players/{alice.id}/unlocks"]
        found = []
        for path in [*paths, f"players/{alice.id}/progress"]:
            with CaptureQueriesContext(connection) as queries:
                api.get(path)
            found.append(len(queries))
        return found

    def fill(number: int) -> None:
        for _ in range(number):
            api.unlock(alice, make_achievement(game))
            start(alice, incremental(game), 1)

    def warm_costs() -> list[int]:
        costs()
        return costs()

    fill(1)
    at_one = warm_costs()
    fill(49)

    assert costs() == [2, 2, 2]
    assert warm_costs() == at_one == [1, 1, 1]


def test_an_account_without_a_player_reads_as_a_stranger(as_account: Any, achievement: Achievement) -> None:
    caller = as_account(make_account())

    assert keys_of(caller.get(f"games/{achievement.game_id}/achievements")) == [achievement.key]
    assert caller.get("players/me/unlocks").json()["code"] == "player_not_found"
    assert caller.get("players/me/progress").json()["code"] == "player_not_found"


def test_unlocks_of_who_has_none_are_an_empty_page(anonymous: Api) -> None:
    assert anonymous.get(f"players/{make_player().id}/unlocks").json() == {
        "next": None,
        "previous": None,
        "results": [],
    }
