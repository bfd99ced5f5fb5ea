"""One rule says who may see whom: every way of applying it gives the same result."""

from itertools import product

import pytest
from django.db import connection

from apps.players.models import Block, Follow, Player
from apps.players.queries import may_see, players_seen_by, seen_pairs
from apps.players.querysets import seen_sql
from tests.factories import make_player

pytestmark = pytest.mark.django_db

KINDS = list(product(["public", "followers", "private"], [False, True], [False, True], [None, "test", "merged"]))


@pytest.fixture
def viewer() -> Player:
    return make_player()


@pytest.fixture
def people(viewer: Player) -> dict[tuple[str, bool, bool, str | None], Player]:
    """A player of every visibility, who follows the viewer or not, blocks them or not, and plays for real or not."""
    found = {}
    for kind in KINDS:
        visibility, is_following, is_blocking, state = kind
        player = make_player(visibility=visibility, is_test=state == "test")
        if state == "merged":
            Player.objects.filter(pk=player.pk).update(merged_into=make_player())
        if is_following:
            Follow.objects.create(follower=player, followed=viewer)
        if is_blocking:
            Block.objects.create(blocker=player, blocked=viewer)
        found[kind] = Player.objects.get(pk=player.pk)
    return found


def test_who_is_seen_by_anyone_and_by_a_viewer(
    viewer: Player, people: dict[tuple[str, bool, bool, str | None], Player]
) -> None:
    by_anyone = {kind for kind, player in people.items() if may_see(None, player)}
    by_viewer = {kind for kind, player in people.items() if may_see(viewer.id, player)}

    assert by_anyone == {("public", follows, blocks, None) for follows in (False, True) for blocks in (False, True)}
    assert by_viewer == {
        ("public", False, False, None),
        ("public", True, False, None),
        ("followers", True, False, None),
    }
    assert all(may_see(player.id, player) for player in people.values())


def test_lists_pairs_and_statements_agree(
    viewer: Player, people: dict[tuple[str, bool, bool, str | None], Player]
) -> None:
    ids = [player.id for player in people.values()]
    for viewer_id in (None, viewer.id, ids[-1]):
        expected = {player.id for player in people.values() if may_see(viewer_id, player)}
        with connection.cursor() as cursor:
            statement = f"SELECT p.id FROM player p WHERE p.id = ANY (%(ids)s) AND {seen_sql('p', '%(viewer)s::uuid')}"
            cursor.execute(statement, {"ids": ids, "viewer": viewer_id})
            by_hand = {row[0] for row in cursor.fetchall()}

        assert by_hand == expected
        assert set(players_seen_by(viewer_id).filter(pk__in=ids).values_list("pk", flat=True)) == expected
        if viewer_id is not None:
            assert seen_pairs([(viewer_id, player_id) for player_id in ids]) == {(viewer_id, one) for one in expected}
