"""Errors are worded in one way wherever they occur, and all of a body's are listed."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from apps.core.api.openapi.document import document
from apps.notifications.models import Preference
from apps.players.models import Player
from apps.unlocks.models import Progress, Unlock
from tests.conftest import Api
from tests.factories import make_account
from tests.input.bodies import World

FOREIGN = re.compile(r"Null characters|Surrogate characters|valid choice|must be one of|choose one of")
OLD_WORDS = re.compile(
    r"\b[Mm]int|[Mm]ake a link code|Place of a|Final places|end at place|kind and road|slower store|Where to go on|"
    r"Whose friends|As those of|Stretch of time|Of this kind\.|Only those\.|How far back|dies with|RFC 3339 (as|has)"
)
EARLIER_IDS = {
    "Create a player token": "mint_a_player_token",
    "Create my own token": "mint_my_own_token",
    "Create a link code": "make_a_link_code",
    "Rank of a player in a game": "place_of_a_player_in_a_game",
    "Rank of a player on the platform": "place_of_a_player_on_the_platform",
    "Final ranks in a game": "final_places_in_a_game",
    "Final ranks on the platform": "final_places_on_the_platform",
}


def flaws(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {error["pointer"]: error["detail"] for error in response.json()["errors"]}


def codes(response: Any) -> dict[str, tuple[str, str]]:
    assert response.status_code == 400, response.content
    return {error["pointer"]: (error["code"], error["detail"]) for error in response.json()["errors"]}


def of_definitions(world: World, *achievements: Any, **members: Any) -> dict[str, tuple[str, str]]:
    """Return the mistakes of a document; a member that is ... is left out."""
    body = {"format": "laurel.achievements", "version": 1, "achievements": list(achievements)} | members
    given = {name: value for name, value in body.items() if value is not ...}
    return codes(world.server.put(f"manage/games/{world.game.id}/definitions", given))


def test_all_flaws_of_a_body_are_listed(world: World) -> None:
    before = list(Player.objects.order_by("pk").values())
    body = {"region": "XX", "visibility": "all", "time_zone": "Mars/Olympus", "shoe_size": 43, "display_name": 3}

    found = flaws(world.person.patch("players/me", body))

    assert set(found) == {"/region", "/visibility", "/time_zone", "/shoe_size", "/display_name"}
    assert list(Player.objects.order_by("pk").values()) == before


def test_no_puzzling_sentence_of_a_framework_shows_through(world: World) -> None:
    manage, long = f"manage/games/{world.game.id}", "x" * 5000
    achievement = {"key": "A\x00", "name": long, "points": -1, "description": long, "kind": "incremental", "target": 1}

    found = [
        *flaws(world.server.post(f"{manage}/achievements", achievement)).values(),
        *flaws(world.server.post(f"{manage}/achievements", {"key": None, "name": ""})).values(),
        *flaws(world.server.patch(manage, {"points_budget": 0, "slug": "a\x00", "description": long})).values(),
        *flaws(world.server.post(f"{manage}/revocations", {"player_id": str(world.player.id)})).values(),
        *flaws(world.server.post(f"{manage}/announcements", {"title": long, "text": long, "link": "\x00"})).values(),
        *flaws(world.server.post(f"players/{world.player.id}/playtime", {"session_id": "a", "seconds": 0})).values(),
        *flaws(world.server.get("games?q=%00")).values(),
        *flaws(world.server.get(f"games?q={long}"[:900])).values(),
    ]

    assert [text for text in found if FOREIGN.search(text)] == []
    assert "Control characters are not allowed." in found


def test_an_unknown_member_has_one_wording(world: World) -> None:
    found = [
        flaws(world.server.post("achievements/progress", {"odd": 1}))["/odd"],
        flaws(world.owner.post(f"manage/games/{world.game.id}/webhooks", {"odd": 1}))["/odd"],
        flaws(
            world.server.put(
                f"manage/games/{world.game.id}/definitions",
                {"format": "laurel.achievements", "version": 1, "achievements": [], "odd": 1},
            )
        )["/odd"],
    ]

    assert [text.partition(". ")[0] for text in found] == ["There is no such member here"] * 3
    assert all("Allowed: " in text for text in found)


def test_a_fixed_set_has_one_wording(world: World) -> None:
    definition = {"key": "ACH_A", "name": "A", "points": 1, "kind": "often"}
    preference = {"kind": "new_follower", "road": "email", "choice": "all"}
    found = [
        codes(world.person.get("players/me/notifications?order=up"))["order"],
        codes(world.person.get("players/me/notifications?unread=maybe"))["unread"],
        codes(world.server.get("leaderboards/global?window=year"))["window"],
        codes(world.server.get("leaderboards/global/closed?window=all"))["window"],
        codes(world.server.get("leaderboards/global?region=XX"))["region"],
        codes(world.server.get("players?region=XX"))["region"],
        codes(world.server.put(f"manage/games/{world.game.id}/definitions?publish=maybe", {}))["publish"],
        codes(world.server.post("achievements/progress", report(world) | {"verb": "leap"}))["/verb"],
        codes(world.server.post("achievements/progress", report(world) | {"verb": 5}))["/verb"],
        codes(world.server.post(f"manage/games/{world.game.id}/achievements", definition | {"kind": 5}))["/kind"],
        codes(world.server.post(f"manage/games/{world.game.id}/achievements", definition | {"kind": ["a"]}))["/kind"],
        of_definitions(world, definition)["/achievements/0/kind"],
        of_definitions(world, definition | {"kind": 5})["/achievements/0/kind"],
        codes(world.person.put("players/me/preferences", {"preferences": [preference]}))["/preferences/0/choice"],
    ]

    assert [(code, text.partition(" of ")[0]) for code, text in found] == [
        ("invalid_choice", "Send one or several" if text.endswith("with commas.") else "Send one") for _, text in found
    ]


def report(world: World) -> dict[str, Any]:
    return {"player_id": str(world.player.id), "achievement_id": str(world.lamps.id)}


def test_a_mistake_has_one_code_and_one_wording(world: World) -> None:
    manage, achievement = f"manage/games/{world.game.id}", {"key": "ACH_A", "name": "A", "points": 1}
    wrong = {"key": 5, "name": "x" * 81, "points": "1", "hidden": "no", "target": "2", "odd": 1}
    empty = world.server.post(f"{manage}/achievements", {"key": None})
    refused = world.server.post(f"{manage}/achievements", wrong)
    in_document = of_definitions(world, wrong, {"key": None}, None, 5)
    unlock = codes(world.server.post("achievements/unlock", {"player_id": None, "unlocked_at": 5, "odd": 1}))
    steps = codes(world.server.post("achievements/progress", {"player_id": 5, "verb": "increment", "steps": "2"}))
    session = codes(world.server.post(f"players/{world.player.id}/playtime", {"ended_at": 5, "session_id": "a b"}))

    required, null = ("required", "This field is required."), ("null", "This field may not be null.")
    assert codes(empty) == {"/key": null, "/name": required, "/points": required}
    assert {in_document[f"/achievements/1/{name}"] for name in ("name", "points")} == {required}
    assert {in_document["/achievements/1/key"], in_document["/achievements/2"], unlock["/player_id"]} == {null}
    assert {unlock["/achievement_id"], steps["/achievement_id"], steps["/request_id"], session["/seconds"]} == {
        required
    }
    assert codes(world.server.post("achievements/unlock", {}))["/player_id"] == required
    assert codes(world.server.post("achievements/unlock/batch", {}))["/unlocks"] == required
    assert codes(world.server.get("leaderboards/global/friends"))["player_id"] == required
    assert of_definitions(world, format=..., version=..., achievements=...) == {
        "/format": required, "/version": required, "/achievements": required,
    }  # fmt: skip
    assert {pointer: found for pointer, found in codes(refused).items() if pointer != "/odd"} == {
        f"/{name}": in_document[f"/achievements/0/{name}"] for name in wrong if name != "odd"
    }
    assert codes(refused)["/key"] == ("invalid_type", "Send text.")
    assert codes(refused)["/name"] == ("max_length", "Ensure this field has no more than 80 characters.")
    assert codes(refused)["/points"] == steps["/steps"] == ("invalid_type", "Send a whole number.")
    assert [found["/odd"][0] for found in (codes(refused), unlock)] == ["unknown"] * 2
    assert in_document["/achievements/0/odd"][0] == "unknown"
    assert in_document["/achievements/3"] == ("invalid_type", "Send an object.")
    assert of_definitions(world, achievements={}) == {"/achievements": ("invalid_type", "Send a list.")}
    assert of_definitions(world, achievement | {"kind": "incremental", "target": 1})["/achievements/0/target"] == (
        "min_value", "Ensure this value is greater than or equal to 2.",
    )  # fmt: skip
    assert unlock["/unlocked_at"] == session["/ended_at"]
    assert unlock["/unlocked_at"][1].startswith("Send a time in the format of RFC 3339, such as ")
    assert steps["/player_id"] == ("invalid_type", "Send a UUID.")
    assert session["/session_id"] == ("invalid", "Send 1 to 64 visible ASCII characters without spaces.")
    assert flaws(world.server.get("leaderboards/global/friends?player_id=5")) == {"player_id": "Send a UUID."}
    assert (Unlock.objects.count(), Progress.objects.count()) == (1, 0)


def test_all_flaws_of_a_report_are_listed(world: World) -> None:
    body = {"player_id": "x", "unlocked_at": "now", "verb": "increment", "steps": 0, "request_id": "a b", "odd": 1}

    found = [
        [error["pointer"] for error in world.server.post(path, body).json()["errors"]]
        for path in ("achievements/progress", "achievements/unlock")
    ]

    assert found == [
        ["/odd", "/player_id", "/achievement_id", "/unlocked_at", "/steps", "/request_id"],
        ["/verb", "/steps", "/request_id", "/odd", "/player_id", "/achievement_id", "/unlocked_at"],
    ]
    assert set(flaws(world.server.post("achievements/progress", report(world) | {"verb": "leap", "steps": "x"}))) == {
        "/verb"
    }


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("achievements/unlock", "unlocks"),
        ("achievements/progress", "reports"),
        ("manage/games/{game_id}/unlock-imports/{import_id}/unlocks", "unlocks"),
    ],
)
def test_all_flaws_of_an_item_are_listed_as_those_of_a_body_are(world: World, path: str, member: str) -> None:
    item = {"player_id": "x", "unlocked_at": "now", "verb": "increment", "steps": 0, "odd": 1}
    batch = path if "import" in path else f"{path}/batch"

    [result] = world.server.post(world.filled(batch), {member: [item]}).json()["results"]

    errors = result["error"]["errors"]
    assert (result["error"]["pointer"], result["error"]["detail"]) == (errors[0]["pointer"], errors[0]["detail"])
    assert {"/player_id", "/achievement_id", "/unlocked_at"} < {error["pointer"] for error in errors}
    if batch != path:
        assert errors == world.server.post(path, item).json()["errors"]


def test_all_flaws_of_a_nested_member_are_listed(world: World) -> None:
    items = [{"kind": 5, "road": "email"}, {"road": "inbox", "choice": None, "a/b": 1}]

    found = flaws(world.person.put("players/me/preferences", {"preferences": items}))

    assert set(found) == {
        "/preferences/0/kind", "/preferences/0/choice", "/preferences/1/kind", "/preferences/1/choice",
        "/preferences/1/a~1b",
    }  # fmt: skip


def test_a_failed_item_of_a_batch_points_at_its_member(world: World) -> None:
    late = report(world) | {"unlocked_at": "2001-01-01T00:00:00Z"}
    bodies = {
        "achievements/unlock/batch": {"unlocks": [report(world) | {"player_id": "x"}, {}, 17, late]},
        "achievements/progress/batch": {
            "reports": [report(world) | {"verb": "leap"}, {"a/b": 1}, None, late | {"verb": "unlock"}]
        },
    }

    results = [world.server.post(path, body).json()["results"] for path, body in bodies.items()]

    assert [[item["error"].get("pointer") for item in items] for items in results] == [
        ["/player_id", "/player_id", "", "/unlocked_at"],
        ["/verb", "/a~1b", "", "/unlocked_at"],
    ]
    unknown = report(world) | {"achievement_id": "ACH_NOT_THERE"}
    [item] = world.server.post("achievements/unlock/batch", {"unlocks": [unknown]}).json()["results"]
    assert (item["status"], "pointer" in item["error"]) == (404, False)


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "5"])
def test_a_body_that_is_no_object_is_pointed_at_as_a_whole(world: World, body: str) -> None:
    requests = [
        (world.server, "POST", "achievements/unlock"),
        (world.server, "POST", "achievements/unlock/batch"),
        (world.server, "POST", "achievements/progress"),
        (world.server, "POST", "achievements/progress/batch"),
        (world.server, "POST", f"manage/games/{world.game.id}/revocations"),
        (world.server, "PUT", f"manage/games/{world.game.id}/definitions"),
        (world.person, "PUT", "players/me/preferences"),
    ]

    found = [codes(caller.request(method, path, body)) for caller, method, path in requests]

    assert found == [{"": ("invalid_type", "Send a JSON object.")}] * len(requests)


def test_an_error_of_several_members_is_pointed_at_as_a_whole(world: World) -> None:
    found = flaws(world.server.post(f"manage/games/{world.game.id}/revocations", {"reason": "A bug."}))

    assert found == {"": "Name a player_id, an achievement_id, or both."}


def test_a_wrong_colour_is_answered_with_the_format(world: World) -> None:
    manage = f"manage/games/{world.game.id}"

    found = [flaws(world.server.patch(manage, {"accent": colour})) for colour in ("#" + "a" * 19, "red", "#ggg")]

    assert found == [{"/accent": "Send a colour as #rrggbb."}] * 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("", 'Its "game" is empty'),
        ("x" * 5000, "The document is of " + "x" * 79 + "\u2026, not of "),
        ("a\u202eb\x00\u200bc", "The document is of a\\u202eb\\x00\\u200bc, not of "),
    ],
)
def test_what_is_echoed_is_short_and_visible(world: World, given: str, shown: str) -> None:
    definition = {"key": given, "name": "A", "points": 1}
    order = f"manage/games/{world.game.id}/achievements/order"

    found = [
        *of_definitions(world, definition, definition, game=given).values(),
        *codes(world.server.put(order, {"achievements": [given[:60]] * 2})).values(),
    ]

    details = [detail for _, detail in found]
    assert any(shown in detail for detail in details), details
    assert all(detail.isprintable() and len(detail) < 300 for detail in details)


def test_a_number_that_is_too_large_is_called_that(world: World) -> None:
    text = '{"player_id": ' + "9" * 5000 + "}"
    document = '{"format": "laurel.achievements", "version": 1, "achievements": [' + "9" * 5000 + "]}"

    responses = [
        world.server.post("achievements/unlock", text),
        world.server.put(f"manage/games/{world.game.id}/definitions", document),
    ]

    assert [response.json()["code"] for response in responses] == ["invalid"] * 2
    assert all(response.json()["detail"].startswith("A number is too large: ") for response in responses)
    assert [response.json()["errors"][0]["pointer"] for response in responses] == ["", ""]


def test_days_say_which_of_them_is_wrong(world: World) -> None:
    path = f"manage/games/{world.game.id}/statistics"

    found = [
        flaws(world.server.get(f"{path}?{query}"))
        for query in (
            "start_date=2026-03-02&end_date=2026-03-01",
            "start_date=1900-01-01&end_date=2026-03-01",
            "start_date=2026-03-01&end_date=3000-01-01",
            "start_date=2020-01-01&end_date=2026-03-01&interval=hour",
        )
    ]

    assert [list(errors) for errors in found] == [["start_date"], ["start_date"], ["end_date"], ["start_date"]]
    assert found[0]["start_date"] == "start_date is after end_date."
    assert "hour" in found[3]["start_date"]


def test_an_account_without_a_player_gets_that_reason(as_account: Callable[[Any], Api]) -> None:
    caller = as_account(make_account())

    responses = [
        caller.get(path)
        for path in (
            "players/me",
            "players/me/unlocks",
            "players/me/progress",
            "players/me/preferences",
            "players/me/statistics",
        )
    ]

    assert [(response.status_code, response.json()["code"], response.json()["detail"]) for response in responses] == [
        (404, "player_not_found", "Your account has no player.")
    ] * len(responses)


def test_a_preference_is_in_a_body_once(world: World) -> None:
    off = {"kind": "new_follower", "road": "inbox", "choice": "none"}

    found = codes(world.person.put("players/me/preferences", {"preferences": [off, off | {"choice": "all"}]}))

    assert found == {"/preferences/1": ("duplicate", "new_follower by inbox is here twice.")}
    assert not Preference.objects.exists()


def test_choices_of_preferences_are_listed_in_one_order(world: World) -> None:
    kinds = ("new_follower", "own_unlock", "season_medal")
    items = [{"kind": kind, "road": "email", "choice": "all"} for kind in kinds]

    found = flaws(world.person.put("players/me/preferences", {"preferences": items}))

    assert found == {f"/preferences/{index}/choice": "Send one of digest, none." for index in range(3)}


def test_the_description_uses_the_usual_words_and_keeps_its_ids() -> None:
    operations = [item for methods in document()["paths"].values() for item in methods.values()]
    ids = {item["summary"]: item["operationId"] for item in operations}
    texts = re.findall(r'"(?:summary|description)":"((?:[^"\\]|\\.)*)"', orjson.dumps(document()).decode())

    assert {summary: ids.get(summary) for summary in EARLIER_IDS} == EARLIER_IDS
    assert [text for text in texts if OLD_WORDS.search(text)] == []
