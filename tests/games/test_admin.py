"""What operators change of games and players, beside what others change of them meanwhile."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from apps.games.actions import delist_game
from apps.games.models import Game, Membership, Role, Studio
from apps.players.actions import delete_account
from apps.players.actions.rulings import ban_player
from apps.players.errors import OwnerNeededError
from apps.players.models import Player
from tests.factories import make_account, make_game, make_player, make_studio
from tests.unlocks.rivals import beside

NO_OWNER = "A studio would be left without an owner who can log in. Give it another one first."


def made_of_game() -> tuple[str, Callable[[], Any], Callable[[], Any]]:
    game = make_game(name="Tide")

    def read() -> tuple[str, str]:
        return Game.objects.values_list("name", "trust").get(pk=game.pk)

    return f"/admin/games/game/{game.id}/change/", lambda: delist_game(game_id=game.id, decided_by="account:1"), read


def made_of_player() -> tuple[str, Callable[[], Any], Callable[[], Any]]:
    player = make_player(display_name="Mira")

    def read() -> tuple[str, str]:
        name, banned_at = Player.objects.values_list("display_name", "banned_at").get(pk=player.pk)
        return name, "banned" if banned_at else "free"

    def ban() -> None:
        ban_player(player_id=player.id, decided_by="account:1", reason="")

    return f"/admin/players/player/{player.id}/change/", ban, read


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("made", "member", "expected"),
    [(made_of_game, "name", ("New", "delisted")), (made_of_player, "display_name", ("New", "banned"))],
)
def test_what_is_decided_while_an_operator_saves_stays(
    admin_client: Client, made: Any, member: str, expected: tuple[str, str]
) -> None:
    page, decide, read = made()
    fields = sent_by(admin_client.get(page)) | {member: "New"}

    _, saved = beside(decide, lambda: admin_client.post(page, fields))

    assert (saved.status_code, read()) == (302, expected)


@pytest.mark.django_db
def test_a_game_keeps_its_studio(admin_client: Client) -> None:
    game, other = make_game(name="Tide"), make_studio()
    page = f"/admin/games/game/{game.id}/change/"
    fields = sent_by(admin_client.get(page))

    saved = admin_client.post(page, fields | {"studio": str(other.id), "name": "New"})
    draft = {name: fields[name] for name in fields if name != "is_published"} | {"studio": str(other.id)}
    made = admin_client.post("/admin/games/game/add/", draft | {"slug": "another"})

    after = Game.objects.get(pk=game.pk)
    assert (saved.status_code, after.name, after.studio_id) == (302, "New", game.studio_id)
    assert after.revision == game.revision + 1
    assert (made.status_code, Game.objects.get(slug="another").studio_id) == (302, other.id)


def sent_by(page: Any) -> dict[str, Any]:
    """What the form of an admin's page sends as it was read."""
    initial = page.context["adminform"].form.initial
    words = {name: value for name, value in initial.items() if value not in (None, False, "")}
    return {name: orjson.dumps(value).decode() if isinstance(value, dict) else value for name, value in words.items()}


@pytest.mark.django_db
def test_the_account_of_a_studios_only_owner_stays_until_another_is_there(admin_client: Client) -> None:
    studio = make_studio(name="Dawn")
    owner, other = make_account(), make_account()
    Membership.objects.create(studio=studio, account=owner, role=Role.OWNER)
    page = f"/admin/players/account/{owner.pk}/delete/"

    refused = admin_client.post(page, {"post": "yes"})
    assert Membership.objects.get(account=owner).studio == studio
    Membership.objects.create(studio=studio, account=other, role=Role.OWNER)
    deleted = admin_client.post(page, {"post": "yes"})

    words = refused.content.decode()
    assert "owner of Dawn" in words
    assert NO_OWNER in words
    assert deleted.status_code == 302
    assert [str(membership.account) for membership in studio.memberships.all()] == [str(other)]


def owned_studio() -> tuple[Membership, str]:
    """Return the membership of a studio's only owner, and the studio's page in the admin."""
    studio = make_studio(name="Dawn")
    membership = Membership.objects.create(studio=studio, account=make_account(), role=Role.OWNER)
    return membership, f"/admin/games/studio/{studio.pk}/change/"


def members_sent(studio: Studio, *rows: Membership | None, **changed: str) -> dict[str, str]:
    """What the page of a studio sends with these members, of whom the first is changed; a new one is None."""
    first, *_ = rows
    fields = {"name": studio.name, "slug": studio.slug}
    fields |= {
        "memberships-TOTAL_FORMS": str(len(rows)),
        "memberships-INITIAL_FORMS": str(len([row for row in rows if row])),
    }
    for at, row in enumerate(rows):
        values = {"id": row.pk, "studio": studio.pk, "account": row.account_id, "role": row.role} if row else {}
        values |= changed if row is first else {}
        fields |= {f"memberships-{at}-{name}": str(value) for name, value in values.items()}
    return fields


LEAVING = [{"DELETE": "on"}, {"role": "editor"}]


@pytest.mark.django_db
@pytest.mark.parametrize("changed", LEAVING)
def test_the_page_of_a_studio_keeps_its_only_owner(admin_client: Client, changed: dict[str, str]) -> None:
    owner, page = owned_studio()
    editor = Membership.objects.create(studio=owner.studio, account=make_account(), role=Role.EDITOR)

    saved = admin_client.post(page, members_sent(owner.studio, owner, editor, **changed) | {"name": "New"})

    assert (saved.status_code, NO_OWNER in saved.content.decode()) == (200, True)
    assert Studio.objects.get().name == "Dawn"
    assert set(Membership.objects.values_list("account", "role")) == {
        (owner.account_id, "owner"), (editor.account_id, "editor")
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("changed", LEAVING)
def test_an_owner_leaves_a_studio_that_has_another(admin_client: Client, changed: dict[str, str]) -> None:
    owner, page = owned_studio()
    other = Membership.objects.create(studio=owner.studio, account=make_account(), role=Role.OWNER)

    saved = admin_client.post(page, members_sent(owner.studio, owner, other, **changed))

    assert saved.status_code == 302
    assert list(Membership.objects.filter(role=Role.OWNER)) == [other]


@pytest.mark.django_db
def test_an_owner_hands_a_studio_on_and_a_studio_begins_with_one(admin_client: Client) -> None:
    owner, page = owned_studio()
    heir, gone = make_account(), make_account(is_active=False)
    fresh, add = Studio(name="Dusk", slug="dusk"), "/admin/games/studio/add/"

    refused = [
        admin_client.post(page, members_sent(owner.studio, owner, account=str(gone.pk))),
        admin_client.post(add, members_sent(fresh, None)),
        admin_client.post(add, members_sent(fresh, None, account=str(gone.pk), role="owner")),
    ]
    assert list(Membership.objects.values_list("account", "studio")) == [(owner.account_id, owner.studio_id)]
    assert list(Studio.objects.all()) == [owner.studio]
    handed = admin_client.post(page, members_sent(owner.studio, owner, account=str(heir.pk)))
    begun = admin_client.post(add, members_sent(fresh, None, account=str(heir.pk), role="owner"))

    assert [(page.status_code, NO_OWNER in page.content.decode()) for page in refused] == [(200, True)] * 3
    assert (handed.status_code, begun.status_code) == (302, 302)
    assert list(Membership.objects.order_by("created_at").values_list("account", "role", "studio__name")) == [
        (heir.pk, "owner", "Dawn"), (heir.pk, "owner", "Dusk")
    ]  # fmt: skip


@pytest.mark.django_db
def test_no_member_takes_the_row_of_another(admin_client: Client) -> None:
    owner, page = owned_studio()
    editor = Membership.objects.create(studio=owner.studio, account=make_account(), role=Role.EDITOR)
    swapped = members_sent(owner.studio, owner, editor, account=str(editor.account_id))
    swapped |= {"memberships-1-account": str(owner.account_id)}
    third = swapped | {"memberships-1-account": str(make_account().pk)}
    dropped = members_sent(owner.studio, owner, editor, account=str(editor.account_id)) | {"memberships-1-DELETE": "on"}

    saved = [admin_client.post(page, sent) for sent in (swapped, third, dropped)]

    words = f"{editor.account} is a member already. Change that member"
    assert [(answer.status_code, words in answer.content.decode()) for answer in saved] == [(200, True)] * 3
    assert set(Membership.objects.values_list("account", "role")) == {
        (owner.account_id, "owner"), (editor.account_id, "editor")
    }  # fmt: skip


@pytest.mark.django_db
def test_who_leaves_a_row_may_be_added_in_a_new_one(admin_client: Client) -> None:
    owner, page = owned_studio()
    editor = Membership.objects.create(studio=owner.studio, account=make_account(), role=Role.EDITOR)
    sent = members_sent(owner.studio, owner, editor, None) | {"memberships-1-DELETE": "on"}
    sent |= {"memberships-2-account": str(editor.account_id), "memberships-2-role": "viewer"}

    saved = admin_client.post(page, sent)

    assert saved.status_code == 302
    assert set(Membership.objects.values_list("account", "role")) == {
        (owner.account_id, "owner"), (editor.account_id, "viewer")
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(admin_client: Client) -> None:
    owner, page = owned_studio()
    other = Membership.objects.create(studio=owner.studio, account=make_account(), role=Role.OWNER)
    fields = members_sent(owner.studio, owner, other, role="editor")

    _, saved = beside(lambda: delete_account(account=other.account), lambda: admin_client.post(page, fields))

    assert (saved.status_code, NO_OWNER in saved.content.decode()) == (200, True)
    assert list(Membership.objects.values_list("account", "role")) == [(owner.account_id, "owner")]


@pytest.mark.django_db
def test_deleting_an_account_by_code_says_which_rule_it_breaks() -> None:
    owner, _ = owned_studio()

    with pytest.raises(OwnerNeededError, match=NO_OWNER):
        delete_account(account=owner.account)

    assert Membership.objects.get().account == owner.account
