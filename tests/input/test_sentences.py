"""Errors are worded in one way wherever they occur, and all of a body's are listed."""

import re
from typing import Any

import orjson

from apps.core.api.openapi.document import document
from apps.players.models import Player
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
    found = [
        flaws(world.person.get("players/me/notifications?order=up"))["order"],
        flaws(world.person.get("players/me/notifications?unread=maybe"))["unread"],
        flaws(world.server.get("leaderboards/global?window=year"))["window"],
        flaws(world.server.get("players?region=XX"))["region"],
        flaws(world.server.post("achievements/progress", {
            "player_id": str(world.player.id), "achievement_id": str(world.lamps.id), "verb": "leap", "steps": 1,
        }))["/verb"],
    ]  # fmt: skip

    assert [text.startswith("Send one of ") for text in found] == [True] * 5


def test_the_description_uses_the_usual_words_and_keeps_its_ids() -> None:
    operations = [item for methods in document()["paths"].values() for item in methods.values()]
    ids = {item["summary"]: item["operationId"] for item in operations}
    texts = re.findall(r'"(?:summary|description)":"((?:[^"\\]|\\.)*)"', orjson.dumps(document()).decode())

    assert {summary: ids.get(summary) for summary in EARLIER_IDS} == EARLIER_IDS
    assert [text for text in texts if OLD_WORDS.search(text)] == []
