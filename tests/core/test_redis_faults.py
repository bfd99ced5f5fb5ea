"""What needs Redis while the real one is frozen, or full and refuses writes: 503 with the reason, never 500."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client

from apps.games.models import Game
from apps.players.models import Account, Player
from tests.conftest import Api
from tests.core.conftest import Clock
from tests.factories import make_account, make_known, make_player
from tests.redis_trouble import Trouble, trouble_ahead

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"
REASON = "Your log-in can't be read or stored at the moment. Nothing was changed. Try again shortly."


@pytest.fixture(params=["frozen", "full"])
def fault(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def trouble(fault: str, settings: Any) -> Iterator[Trouble]:
    with trouble_ahead(fault, settings) as trouble:
        yield trouble


@pytest.fixture
def account() -> Account:
    return make_account(email="mira@example.com", password=PASSWORD)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_a_log_in_says_why_it_can_not_be(trouble: Trouble, account: Account, client: Client) -> None:
    trouble()

    response = client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert REASON in unescape(response.content.decode())
    assert "Temporarily unavailable" in response.content.decode()
    account.refresh_from_db()
    assert account.last_login is None
    assert "sessionid" not in client.cookies


def test_wrong_passwords_are_counted_by_each_process_alone(trouble: Trouble, account: Account, client: Client) -> None:
    trouble()
    wrong = {"login": account.email, "password": "wrong wrong wrong"}

    responses = [client.post("/accounts/login/", wrong).content.decode() for _ in range(6)]

    assert ["Too many failed" in answer for answer in responses] == [False] * 5 + [True]


def test_a_reset_is_sent_all_the_same(trouble: Trouble, account: Account, client: Client) -> None:
    trouble()

    response = client.post("/accounts/password/reset/", {"email": account.email})

    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    assert [message.to for message in mail.outbox] == [[account.email]]


def test_choosing_the_new_password_says_why_it_can_not_be(trouble: Trouble, account: Account, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": account.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    trouble()

    response = client.get(link.partition("testserver")[2])

    assert response.status_code == 503
    assert REASON in unescape(response.content.decode())


def test_a_sign_up_that_can_not_be_stored_creates_no_account(trouble: Trouble, client: Client) -> None:
    trouble()
    form = {"email": "new@example.com", "handle": "newcomer", "region": "EU", "password1": PASSWORD}

    response = client.post("/accounts/signup/", form)

    assert response.status_code == 503
    assert REASON in unescape(response.content.decode())
    assert (Account.objects.count(), mail.outbox) == (0, [])


def test_pages_go_on_and_whoever_is_logged_in_stays_so(
    trouble: Trouble, fault: str, account: Account, client: Client
) -> None:
    client.force_login(account)
    key = client.cookies["sessionid"].value
    trouble()

    page = client.get("/accounts/password/change/")

    # A full store still says who somebody is.
    assert page.status_code == {"frozen": 503, "full": 200}[fault]
    assert client.get("/games/").status_code == 200
    assert client.cookies["sessionid"].value == key
    trouble.end()
    assert client.get("/accounts/password/change/").status_code == 200


def test_a_password_that_would_end_its_own_session_is_not_changed(
    trouble: Trouble, account: Account, client: Client
) -> None:
    client.force_login(account)
    trouble()
    form = {"oldpassword": PASSWORD, "password1": "another horse battery", "password2": "another horse battery"}

    response = client.post("/accounts/password/change/", form)

    assert response.status_code == 503
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_health_says_what_is_wrong(trouble: Trouble, fault: str, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.core.operations.health_checks.TIMEOUT_SECONDS", 0.1)
    trouble()

    (check,) = (one for one in client.get("/readyz").json()["checks"] if one["name"] == "redis")

    wanted = {"frozen": "No response (TimeoutError); breaker", "full": "It refuses writes: out of memory."}[fault]
    assert check["status"] == "down"
    assert check["detail"].startswith(wanted)


@pytest.mark.parametrize(
    ("operation", "arguments", "answer"),
    [
        ("add", ("one", 1), True),
        ("set", ("one", 1), None),
        ("get", ("one", "default"), "default"),
        ("touch", ("one",), False),
        ("delete", ("one",), False),
        ("get_many", (["one"],), {}),
        ("has_key", ("one",), False),
        ("set_many", ({"one": 1},), []),
        ("delete_many", (["one"],), None),
        ("get_or_set", ("one", 5), 5),
    ],
)
def test_no_use_of_the_cache_fails(trouble: Trouble, operation: str, arguments: Any, answer: Any) -> None:
    trouble()

    got = getattr(caches["default"], operation)(*arguments)

    assert (got or None) == (answer or None)


def test_a_count_goes_on_in_the_memory_of_the_process(trouble: Trouble) -> None:
    trouble()

    caches["default"].add("count", 1)

    assert (caches["default"].incr("count"), caches["default"].get("count")) == (2, 2)


@pytest.mark.parametrize("fault", ["frozen"])
def test_every_call_is_back_by_its_retry_after(
    trouble: Trouble, clock: Clock, api: Api, game: Game, as_player: Callable[[Player], Api], alice: Player
) -> None:
    make_known(alice, game)
    guest = make_known(make_player(), game)
    person = as_player(alice)

    def call_all() -> list[Any]:
        return [
            person.get("players/me"),
            person.post(f"players/{alice.id}/socket-ticket"),
            api.post(f"players/{alice.id}/socket-ticket"),
            api.post(f"players/{guest.id}/link-codes"),
        ]

    assert [response.status_code for response in call_all()] == [200, 201, 201, 201]
    trouble()
    refused = []
    for seconds in (0, 0, 0, 0, 0, 1, 2, 4, 8):
        clock.moment += seconds
        refused += call_all()
    trouble.thaw()
    clock.moment += float(refused[-1]["Retry-After"])

    assert [response.status_code for response in call_all()] == [200, 201, 201, 201]
    assert {(response.status_code, response["Retry-After"]) for response in refused} == {(503, "2")}
