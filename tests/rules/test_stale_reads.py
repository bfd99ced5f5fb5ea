"""Every read says whether it may be stale, as replicas go by that."""

from tests.api.test_auth_matrix import api_routes

STALE_OK = {
    "asyncapi.json",
    "compare",
    "leaderboards/global/players/{player_id}",
    "leaderboards/global/players/{player_id}/history",
    "leaderboards/{game_id}/players/{player_id}",
    "leaderboards/{game_id}/players/{player_id}/history",
    "manage/games/{game_id}/statistics",
    "players",
    "players/{player}/statistics",
}


def test_every_read_says_whether_it_may_be_stale() -> None:
    reads = {route: view for route, view in api_routes().items() if "GET" in view.access}

    assert [route for route, view in reads.items() if not hasattr(view, "stale_ok")] == []
    assert {route for route, view in reads.items() if view.stale_ok} == STALE_OK


def test_what_is_written_at_the_same_address_or_stored_by_version_is_never_stale() -> None:
    stale = {route: view for route, view in api_routes().items() if getattr(view, "stale_ok", False)}

    assert {method for view in stale.values() for method in view.access} == {"GET"}
    assert [route for route, view in stale.items() if view.is_response_cached] == []
