"""All that a notification of friends' unlocks stands for, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core.clock import now
from apps.games.models import Achievement, Game
from apps.notifications import delivery
from apps.notifications.inbox.grouped import grouped_notification, named_unlocks
from apps.notifications.kinds import friend_unlock, friends_digest
from apps.notifications.kinds.base import Note
from apps.notifications.models import Notification
from apps.notifications.payloads.friend_unlocks import FriendUnlocked
from apps.notifications.payloads.subjects import shown_achievements, shown_players
from apps.players.models import Block, Player
from tests.conftest import Api
from tests.factories import make_achievement, make_game, make_player

pytestmark = pytest.mark.django_db
AsPlayer = Callable[[Player], Api]


def deliver_unlocks(player: Player, *earned: tuple[Player, Achievement], is_digest: bool = True) -> int:
    """Notify a player of friends' unlocks; return the notification's number."""
    friends = shown_players({friend.id for friend, _ in earned})
    achievements = shown_achievements({achievement.id for _, achievement in earned})
    words = [FriendUnlocked(friends[friend.id], achievements[item.id], now()) for friend, item in earned]
    note_of: Callable[..., Note] = friends_digest.note_of if is_digest else friend_unlock.note_of
    (stored,) = delivery.deliver([note_of(player.id, words, now())])
    return stored.seq


def listed(caller: Api, seq: int) -> list[tuple[str, str]]:
    response = caller.get(f"players/me/notifications/{seq}/unlocks")
    assert response.status_code == 200
    return [(row["player"]["handle"], row["achievement"]["name"]) for row in response.json()["results"]]


def test_all_that_was_grouped_is_listed_with_current_names(
    as_player: AsPlayer, alice: Player, bob: Player, game: Game
) -> None:
    achievements = [make_achievement(game, name=f"Lamp {number}", icon="icons/a.png") for number in range(5)]
    seq = deliver_unlocks(alice, *((bob, item) for item in achievements))
    achievements[0].name = "Lantern"
    achievements[0].save()

    response = as_player(alice).get(f"players/me/notifications/{seq}/unlocks").json()["results"]

    assert [row["achievement"]["name"] for row in response] == ["Lantern", "Lamp 1", "Lamp 2", "Lamp 3", "Lamp 4"]
    assert response[0] | {"unlocked_at": ""} == {
        "player": {"id": str(bob.id), "handle": "bob", "display_name": "Bob", "avatar_url": None},
        "achievement": {"id": str(achievements[0].id), "name": "Lantern", "icon_url": "/media/icons/a.png"},
        "game": {"id": str(game.id), "slug": game.slug, "name": game.name},
        "tier": None,
        "unlocked_at": "",
    }


def test_one_that_stands_for_one_lists_it(as_player: AsPlayer, alice: Player, bob: Player, game: Game) -> None:
    seq = deliver_unlocks(alice, (bob, make_achievement(game, name="Lamp")), is_digest=False)

    assert Notification.objects.get(player=alice, seq=seq).items is None
    assert listed(as_player(alice), seq) == [("bob", "Lamp")]


def test_a_hidden_one_is_in_words_for_who_has_earned_it(
    api: Api, as_player: AsPlayer, alice: Player, bob: Player, charlie: Player, game: Game
) -> None:
    secret = make_achievement(game, name="The Butler", is_hidden=True)
    api.unlock(charlie, secret)

    for player, name in ((alice, "a hidden achievement"), (charlie, "The Butler")):
        assert listed(as_player(player), deliver_unlocks(player, (bob, secret))) == [("bob", name)]


def test_players_who_may_not_be_seen_any_more_are_left_out(
    as_player: AsPlayer, alice: Player, bob: Player, charlie: Player, game: Game
) -> None:
    lamp = make_achievement(game, name="Lamp")
    dana = make_player(handle="dana")
    seq = deliver_unlocks(alice, (bob, lamp), (charlie, lamp), (dana, lamp))
    Player.objects.filter(pk=bob.pk).update(visibility="private")
    Block.objects.create(blocker=charlie, blocked=alice)

    assert listed(as_player(alice), seq) == [("dana", "Lamp")]


def test_what_is_nobodys_or_another_kinds_is_not_found(
    as_player: AsPlayer, alice: Player, bob: Player, charlie: Player, game: Game
) -> None:
    seq = deliver_unlocks(alice, (bob, make_achievement(game)))
    someone = shown_players({bob.id})[bob.id]
    delivery.deliver([Note(alice.id, "new_follower", now(), {"player": someone})])

    for caller, number in ((charlie, seq), (alice, seq + 1), (alice, 77), (alice, 10**9)):
        response = as_player(caller).get(f"players/me/notifications/{number}/unlocks")
        assert (response.status_code, response.json()["code"]) == (404, "notification_not_found")


def test_a_client_is_answered_for_its_own_game(
    token_api: Callable[..., Api], alice: Player, bob: Player, game: Game
) -> None:
    other = make_game()
    own = deliver_unlocks(alice, (bob, make_achievement(game, name="Lamp")))
    others = deliver_unlocks(alice, (bob, make_achievement(other)))
    both = deliver_unlocks(alice, (bob, make_achievement(game)), (bob, make_achievement(other)))

    assert listed(token_api(alice, game), own) == [("bob", "Lamp")]
    for seq in (others, both):
        response = token_api(alice, game).get(f"players/me/notifications/{seq}/unlocks")
        assert response.json()["code"] == "notification_not_found"


def test_fifty_cost_as_much_as_one(
    alice: Player, bob: Player, game: Game, django_assert_num_queries: Callable[..., Any]
) -> None:
    one = deliver_unlocks(alice, (bob, make_achievement(game)))
    fifty = deliver_unlocks(alice, *((make_player(), make_achievement(game)) for _ in range(50)))

    for seq, count in ((one, 1), (fifty, 50)):
        with django_assert_num_queries(5):
            assert len(named_unlocks(alice.id, grouped_notification(alice.id, seq).unlocks)) == count
