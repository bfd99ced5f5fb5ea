"""Whose address counts, and by which scheme they came, behind no proxy, one and two."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from apps.core.http.ip_addresses import ip_address_of, ip_address_of_scope, is_secure, is_within
from apps.web.auth.allauth_adapter import AccountAdapter
from tests.factories import make_account

# What a client says before the proxies add their peers: the last of two proxies is the peer.
FORGED, CLIENT, OUTER, PEER = "6.6.6.6", "203.0.113.7", "10.0.0.1", "127.0.0.1"
BY_PROXIES = [
    (0, f"{FORGED}", PEER),
    (0, "", PEER),
    (1, f"{FORGED}, {CLIENT}", CLIENT),
    (1, "", PEER),
    (1, "unknown", PEER),
    (2, f"{FORGED}, {CLIENT}, {OUTER}", CLIENT),
    (2, f"{CLIENT},{OUTER}", CLIENT),
    (2, FORGED, PEER),
    (1, "2001:DB8::0001", "2001:db8::1"),
    (1, "::FFFF:203.0.113.7", CLIENT),
]


@pytest.mark.parametrize(("proxies", "forwarded", "expected"), BY_PROXIES)
def test_every_reader_finds_the_same_address(settings: Any, proxies: int, forwarded: str, expected: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    scope = {"client": (PEER, 1234), "headers": [(b"x-forwarded-for", part.encode()) for part in [forwarded] if part]}

    found = {ip_address_of(request), ip_address_of_scope(scope), AccountAdapter().get_client_ip(request)}

    assert found == {expected}


def test_a_socket_for_both_families_has_the_same_ipv4_addresses(settings: Any) -> None:
    settings.METRICS_NETWORKS = ["203.0.113.0/24"]
    mapped = f"::ffff:{CLIENT}"
    request = RequestFactory().get("/", REMOTE_ADDR=mapped)

    assert {ip_address_of(request), ip_address_of_scope({"client": (mapped, 1), "headers": []})} == {CLIENT}
    assert is_within(ip_address_of(request), settings.METRICS_NETWORKS)


@pytest.mark.parametrize(("proxies", "count"), [(0, 1), (1, 3), (2, 1)])
def test_an_address_that_is_made_up_renews_no_limit(db: None, settings: Any, proxies: int, count: int) -> None:
    settings.TRUSTED_PROXIES = proxies
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "anonymous": 1}
    # Behind two proxies, a client at one address says what it likes before them; behind one, these are three clients.
    forwarded = [f"10.9.9.{number}" if proxies < 2 else f"10.9.9.{number}, {CLIENT}, {OUTER}" for number in range(3)]

    statuses = [Client().get("/api/v1/games", headers={"x-forwarded-for": each}).status_code for each in forwarded]

    assert statuses.count(200) == count
    assert statuses.count(429) == 3 - count


def test_wrong_passwords_are_counted_for_the_connection_not_for_what_it_says(db: None, settings: Any) -> None:
    account = make_account()
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}

    def try_to_log_in(number: int) -> int:
        form = {"login": account.email, "password": "wrong"}
        return Client().post("/accounts/login/", form, headers={"x-forwarded-for": f"10.9.9.{number}"}).status_code

    assert [try_to_log_in(number) for number in range(5)] == [200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    ("proxies", "said", "expected"), [(0, "https", False), (1, "https", True), (1, "http", False), (1, "", False)]
)
def test_the_scheme_is_believed_of_proxies_of_ours_alone(
    settings: Any, proxies: int, said: str, expected: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None
    request = RequestFactory().get("/", headers={"x-forwarded-proto": said} if said else {})
    scope = {"scheme": "ws", "headers": [(b"x-forwarded-proto", said.encode())] if said else []}

    assert request.is_secure() is is_secure(scope) is expected
