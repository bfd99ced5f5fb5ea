"""Webhooks through the management API: who may what, and what is answered."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from apps.games.models import Game, Membership
from apps.players.models import Account
from apps.webhooks import messages, payloads
from apps.webhooks.actions import ENDPOINTS_MAX, IssuedSecret
from apps.webhooks.event_types import EventType
from apps.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.conftest import Api
from tests.factories import make_account, make_game, make_key, make_studio
from tests.webhooks.conftest import Receiver, deliver

pytestmark = pytest.mark.django_db
NEW = {"url": "https://8.8.8.8/hooks", "event_types": ["game.completed", "achievement.unlocked"]}
Earn = Callable[..., Any]


@pytest.fixture
def member(game: Game, as_account: Callable[[Account], Api]) -> Callable[[str], Api]:
    """Log a member of the studio in, with that role."""

    def join(role: str) -> Api:
        account = make_account()
        Membership.objects.create(studio=game.studio, account=account, role=role)
        return as_account(account)

    return join


@pytest.fixture
def owner(member: Callable[[str], Api]) -> Api:
    return member("owner")


@pytest.fixture
def webhooks(game: Game) -> str:
    return f"manage/games/{game.id}/webhooks"


def rows() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in (WebhookEndpoint, WebhookDelivery)]


def test_an_endpoint_is_made_with_its_secret_shown_once(owner: Api, webhooks: str) -> None:
    response = owner.post(webhooks, NEW | {"description": " Discord bridge "})
    made = response.json()
    read = owner.get(f"{webhooks}/{made['id']}")

    assert response.status_code == 201
    assert made["secret"].startswith("whsec_")
    assert made == read.json() | {"secret": made["secret"]}
    assert {name: made[name] for name in ("url", "description", "event_types", "state", "latest_result")} == {
        "url": "https://8.8.8.8/hooks",
        "description": "Discord bridge",
        "event_types": ["achievement.unlocked", "game.completed"],
        "state": "enabled",
        "latest_result": None,
    }
    assert owner.get(webhooks).json()["results"] == [read.json()]
    assert made["secret"] not in str(rows())


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"url": "https://10.0.0.1/"}, "webhook_url_refused", "/url"),
        ({"url": "http://8.8.8.8/"}, "webhook_url_refused", "/url"),
        ({"url": "ftp://8.8.8.8/"}, "webhook_url_refused", "/url"),
        ({"url": "x" * 501}, "invalid", "/url"),
        ({"url": 5}, "invalid", "/url"),
        ({"event_types": []}, "invalid", "/event_types"),
        ({"event_types": ["webhook.test"]}, "invalid", "/event_types/0"),
        ({"event_types": ["all"]}, "invalid", "/event_types/0"),
        ({"description": "x" * 121}, "invalid", "/description"),
        ({"secret": "whsec_mine"}, "invalid", "/secret"),
    ],
)
def test_a_wrong_endpoint_is_refused_and_makes_none(
    owner: Api, webhooks: str, settings: Any, wrong: dict[str, Any], code: str, pointer: str
) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = settings.WEBHOOKS_ALLOW_HTTP = False

    response = owner.post(webhooks, NEW | wrong)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response.json()["errors"][0]["pointer"] == pointer
    assert WebhookEndpoint.objects.count() == 0


def test_a_game_has_so_many_endpoints(owner: Api, webhooks: str) -> None:
    made = [owner.post(webhooks, NEW) for _ in range(ENDPOINTS_MAX)]
    refused = owner.post(webhooks, NEW)
    owner.delete(f"{webhooks}/{made[0].json()['id']}")
    again = owner.post(webhooks, NEW)

    assert {response.status_code for response in made} == {201}
    assert (refused.status_code, refused.json()["code"], again.status_code) == (409, "too_many_webhooks", 201)


def test_what_is_left_out_of_a_change_stays(owner: Api, webhooks: str, endpoint: WebhookEndpoint) -> None:
    address = f"{webhooks}/{endpoint.id}"

    disabled = owner.patch(address, {"state": "disabled"}).json()
    changed = owner.patch(address, {"event_types": ["game.completed"], "description": "New"}).json()
    enabled = owner.patch(address, {"state": "enabled"}).json()
    refused = owner.patch(address, {"url": "https://[::", "state": "disabled"})

    assert (disabled["state"], disabled["disabled_reason"], disabled["url"]) == ("disabled", "by_hand", endpoint.url)
    assert (changed["state"], changed["event_types"], changed["description"]) == ("disabled", ["game.completed"], "New")
    assert (enabled["state"], enabled["disabled_at"], enabled["disabled_reason"]) == ("enabled", None, None)
    assert refused.status_code == 400
    assert owner.get(address).json() == enabled


def test_a_deleted_endpoint_is_gone(owner: Api, webhooks: str, endpoint: WebhookEndpoint) -> None:
    response = owner.delete(f"{webhooks}/{endpoint.id}")

    assert (response.status_code, response.content) == (204, b"")
    assert owner.get(f"{webhooks}/{endpoint.id}").status_code == 404
    assert owner.get(f"{webhooks}/{endpoint.id}/deliveries").status_code == 404
    assert owner.get(webhooks).json()["results"] == []
    endpoint.refresh_from_db()
    assert endpoint.secret == ""


def test_a_new_secret_verifies_beside_the_old_one(
    owner: Api, webhooks: str, issued: IssuedSecret, receiver: Receiver, earn: Earn
) -> None:
    rotated = owner.post(f"{webhooks}/{issued.endpoint.id}/rotate-secret")
    earn()
    deliver()

    assert rotated.status_code == 200
    assert rotated.json()["rotating_until"] is not None
    assert receiver.received[0].verified(issued.secret) == receiver.received[0].verified(rotated.json()["secret"])


def test_a_test_event_its_delivery_and_sending_it_again(
    owner: Api, webhooks: str, issued: IssuedSecret, receiver: Receiver
) -> None:
    address = f"{webhooks}/{issued.endpoint.id}"
    receiver.responses = [500, 200]

    sent = owner.post(f"{address}/test")
    deliver()
    delivery = f"{address}/deliveries/{sent.json()['id']}"
    failed = owner.get(delivery).json()
    again = owner.post(f"{delivery}/resend")
    deliver()
    delivered = owner.get(delivery).json()

    assert (sent.status_code, sent.json()["state"], sent.json()["type"]) == (202, "waiting", "webhook.test")
    assert (failed["state"], failed["attempt_count"], failed["attempts"][0]["status"]) == ("waiting", 1, 500)
    assert (again.status_code, again.json()["attempt_count"]) == (202, 0)
    assert (delivered["state"], delivered["next_attempt_at"]) == ("delivered", None)
    assert [attempt["status"] for attempt in delivered["attempts"]] == [200, 500]
    assert delivered["attempts"][0]["answer_body"] == "ok"
    assert ["webhook-id", delivered["webhook_id"]] in delivered["attempts"][0]["request_headers"]
    assert delivered["payload"].encode() == receiver.received[0].body
    latest = owner.get(address).json()["latest_result"]
    assert (latest["status"], latest["error"]) == (200, "")


def test_all_that_failed_is_sent_again(
    owner: Api, webhooks: str, endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn
) -> None:
    address = f"{webhooks}/{endpoint.id}"
    earn(2)
    owner.patch(address, {"state": "disabled"})
    deliver()
    owner.patch(address, {"state": "enabled"})

    response = owner.post(f"{address}/resend-failed")
    deliver()

    assert (response.status_code, response.json()) == (202, {"resent_count": 2})
    assert len(receiver.received) == 2


def test_nothing_is_sent_by_hand_to_a_disabled_endpoint(
    owner: Api, webhooks: str, endpoint: WebhookEndpoint, earn: Earn
) -> None:
    earn()
    deliver()
    delivery = WebhookDelivery.objects.get()
    owner.patch(f"{webhooks}/{endpoint.id}", {"state": "disabled"})
    before = rows()
    paths = ("test", "resend-failed", f"deliveries/{delivery.id}/resend")

    responses = [owner.post(f"{webhooks}/{endpoint.id}/{path}") for path in paths]

    assert [(response.status_code, response.json()["code"]) for response in responses] == [
        (409, "webhook_disabled")
    ] * 3
    assert rows() == before


def test_the_log_goes_on_by_cursor_and_filters(
    owner: Api, webhooks: str, endpoint: WebhookEndpoint, receiver: Receiver, earn: Earn
) -> None:
    address = f"{webhooks}/{endpoint.id}/deliveries"
    receiver.responses = [200, 200, 500]
    earn(3)
    deliver()
    owner.post(f"{webhooks}/{endpoint.id}/test")

    first = owner.get(f"{address}?page_size=3").json()
    rest = owner.get(first["next"].split("/api/v1/")[1]).json()
    by_state = owner.get(f"{address}?state=delivered").json()["results"]
    by_type = owner.get(f"{address}?type=webhook.test").json()["results"]

    assert first["results"][0]["type"] == "webhook.test"
    assert [len(first["results"]), len(rest["results"]), rest["next"]] == [3, 1, None]
    assert [row["state"] for row in by_state] == ["delivered"] * 2
    assert [row["type"] for row in by_type] == ["webhook.test"]
    for wrong in ("state=lost", "type=all", "state=", "cursor=x", "page_size=0"):
        assert owner.get(f"{address}?{wrong}").status_code == 400


ADDRESSES = {
    "": ("GET", "PATCH", "DELETE"),
    "/deliveries": ("GET",),
    "/rotate-secret": ("POST",),
    "/test": ("POST",),
    "/resend-failed": ("POST",),
    "/deliveries/{delivery}": ("GET",),
    "/deliveries/{delivery}/resend": ("POST",),
}


def calls(api: Api, webhooks: str, endpoint_id: object, delivery_id: object) -> dict[str, int]:
    """Return the status of every call about one endpoint."""
    return {
        f"{method} {path}": api.request(
            method,
            f"{webhooks}/{endpoint_id}{path.replace('{delivery}', str(delivery_id))}",
            {"description": "Taken"} if method == "PATCH" else {} if method == "POST" else None,
        ).status_code
        for path, methods in ADDRESSES.items()
        for method in methods
    }


def test_another_studios_endpoints_are_nowhere(
    webhooks: str, endpoint: WebhookEndpoint, earn: Earn, as_account: Callable[[Account], Api]
) -> None:
    earn()
    delivery = WebhookDelivery.objects.get()
    account = make_account()
    own = make_game(studio=make_studio(owner=account))
    stranger, before = as_account(account), rows()

    there = calls(stranger, webhooks, endpoint.id, delivery.id)
    below_own = calls(stranger, f"manage/games/{own.id}/webhooks", endpoint.id, delivery.id)
    lists = [stranger.get(webhooks), stranger.post(webhooks, NEW)]

    assert set(there.values()) == set(below_own.values()) == {404}
    assert [response.status_code for response in lists] == [404, 404]
    assert rows() == before


def test_a_delivery_of_another_endpoint_is_not_found_below_ones_own(
    owner: Api, webhooks: str, endpoint: WebhookEndpoint, earn: Earn
) -> None:
    earn()
    other = owner.post(webhooks, NEW).json()["id"]

    for delivery_id in (WebhookDelivery.objects.get().id, uuid4()):
        assert owner.get(f"{webhooks}/{other}/deliveries/{delivery_id}").status_code == 404
        assert owner.post(f"{webhooks}/{other}/deliveries/{delivery_id}/resend").status_code == 404


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (
            "viewer",
            {
                *("PATCH ", "DELETE ", "POST /rotate-secret", "POST /test", "POST /resend-failed"),
                "POST /deliveries/{delivery}/resend",
            },
        ),
        ("editor", {"PATCH ", "DELETE ", "POST /rotate-secret"}),
        ("admin", set()),
    ],
)
def test_roles_may_do_as_much_as_they_should(
    webhooks: str,
    endpoint: WebhookEndpoint,
    earn: Earn,
    member: Callable[[str], Api],
    role: str,
    refused: set[str],
) -> None:
    earn()
    api, before = member(role), rows()

    responses = calls(api, webhooks, endpoint.id, WebhookDelivery.objects.get().id)
    created = api.post(webhooks, NEW)

    assert {call for call, status in responses.items() if status == 403} == refused
    assert created.status_code == (201 if role == "admin" else 403)
    if role == "viewer":
        assert rows() == before


def test_keys_manage_no_webhooks(game: Game, webhooks: str) -> None:
    response = Api(make_key(game, scopes=["definitions:write"])).post(webhooks, NEW)

    assert (response.status_code, response.json()["code"]) == (403, "caller_not_allowed")


def add_endpoint(game: Game, endpoint: WebhookEndpoint) -> None:
    made = WebhookEndpoint.objects.create(game=game, url="https://8.8.8.8/", event_types=["game.completed"], secret="x")
    add_delivery(game, made)


def add_delivery(game: Game, endpoint: WebhookEndpoint) -> None:
    (id_,) = messages.store([payloads.message(EventType.TEST, game.id, {})], {game.id: [endpoint.id]})
    WebhookAttempt.objects.create(
        delivery_id=id_, endpoint=endpoint, at=endpoint.created_at, url=endpoint.url, status=200, duration_ms=3
    )


@pytest.mark.parametrize(("path", "add"), [("", add_endpoint), ("/{id}/deliveries", add_delivery)])
def test_a_list_costs_the_same_at_one_and_at_fifty(
    owner: Api,
    webhooks: str,
    endpoint: WebhookEndpoint,
    game: Game,
    path: str,
    add: Callable[[Game, WebhookEndpoint], None],
    django_assert_num_queries: Any,
) -> None:
    address = f"{webhooks}{path.replace('{id}', str(endpoint.id))}"
    add(game, endpoint)
    # The account, its player, the game with the role; then the rows, with their latest results or their endpoint.
    with django_assert_num_queries(5):
        assert owner.get(address).json()["results"]

    for _ in range(50):
        add(game, endpoint)

    with django_assert_num_queries(5):
        assert len(owner.get(address).json()["results"]) == 50
