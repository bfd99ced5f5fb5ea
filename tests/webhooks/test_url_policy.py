"""Which URLs may be sent to, when they are saved and at every attempt."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from apps.games.models import Game
from apps.webhooks import url_policy
from apps.webhooks.actions import change_endpoint, create_endpoint
from apps.webhooks.http_client import send
from apps.webhooks.models import WebhookAttempt, WebhookEndpoint
from apps.webhooks.url_policy import WebhookUrlRefusedError, is_public, look_up, require_target
from tests.webhooks.conftest import Receiver, deliver, serve

PUBLIC = "203.0.114.7"


@pytest.fixture(autouse=True)
def closed(private_targets: None, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = settings.WEBHOOKS_ALLOW_HTTP = False


@pytest.fixture
def names(monkeypatch: Any) -> dict[str, list[str]]:
    """What DNS says; a name that isn't there is resolved by the machine."""
    known: dict[str, list[str]] = {"hooks.example.com": [PUBLIC]}
    real = url_policy._resolve
    monkeypatch.setattr(url_policy, "_resolve", lambda host: known[host] if host in known else real(host))
    return known


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.0", "0.1.2.3", "100.64.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::8.8.8.8"),
        *("2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::", "2001::8.8.8.8"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "100::1", "5f00::1", "3fff::1"),
    ],
)
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "203.0.114.7", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2a00:1450::1"]
)
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.com/", "begin with https://."),
        ("ftp://hooks.example.com/", "begin with https://."),
        ("file:///etc/passwd", "begin with https://."),
        ("gopher://hooks.example.com/", "begin with https://."),
        ("hooks.example.com", "begin with https://."),
        ("//hooks.example.com/", "begin with https://."),
        ("", "begin with https://."),
        ("https://user:secret@hooks.example.com/", "Leave out the name and password"),
        ("https://hooks.example.com@10.0.0.1/", "Leave out the name and password"),
        ("https:///path", "Its host must be"),
        ("https://hooks.example.com./", "Its host must be"),
        ("https://127.0.0.1./", "Its host must be"),
        ("https://2130706433/", "Its host must be"),
        ("https://0x7f000001/", "Its host must be"),
        ("https://0x7f.1/", "Its host must be"),
        ("https://0177.0.0.1/", "Its host must be"),
        ("https://127.1/", "Its host must be"),
        ("https://hooks.1/", "Its host must be"),
        ("https://[fe80::1%25eth0]/", "Its host must be"),
        ("https://[::1/", "It is no URL."),
        ("https://hooks.example.com:99999/", "It is no URL."),
        ("https://hooks.example.com:0/", "Its host must be"),
        ("https://hooks.example.com\\@10.0.0.1/", "Write it in ASCII"),
        ("https://hooks.example.com/a b", "Write it in ASCII"),
        ("https://hooks.example.com/\n", "Write it in ASCII"),
        ("https://hoo\u212as.example.com/", "Write it in ASCII"),
        ("https://127\u30020\u30020\u30021/", "Write it in ASCII"),
        ("https://hooks.example.com/" + "x" * 500, "Write it in ASCII"),
        ("https://127.0.0.1/", "private or reserved"),
        ("https://127.0.0.1:8443/", "private or reserved"),
        ("https://169.254.169.254/latest/meta-data/", "private or reserved"),
        ("https://[::1]/", "private or reserved"),
        ("https://[::ffff:127.0.0.1]/", "private or reserved"),
        ("https://[::ffff:7f00:1]/", "private or reserved"),
        ("https://localhost/", "private or reserved"),
        ("https://private.example.com/", "private or reserved"),
        ("https://mixed.example.com/", "private or reserved"),
        ("https://six.example.com/", "private or reserved"),
        ("https://nowhere.example.com/", "Its host has no address"),
    ],
)
def test_urls_that_are_refused(names: dict[str, list[str]], url: str, why: str) -> None:
    names |= {
        "private.example.com": ["10.1.2.3"],
        "mixed.example.com": [PUBLIC, "192.168.0.9"],
        "six.example.com": [PUBLIC, "fd00::7"],
        "nowhere.example.com": [],
    }

    with pytest.raises(WebhookUrlRefusedError) as refusal:
        require_target(url)

    assert why in refusal.value.detail
    assert refusal.value.pointer == "/url"


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://hooks.example.com", "https://hooks.example.com/"),
        ("https://HOOKS.Example.com:8443/In?a=B#top", "https://hooks.example.com:8443/In?a=B"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]:8443/", "https://[2606:4700::1111]:8443/"),
    ],
)
def test_urls_that_may_be_sent_to_in_the_form_they_are_stored(
    names: dict[str, list[str]], url: str, stored: str
) -> None:
    assert require_target(url) == stored


def test_an_operator_may_allow_private_addresses_and_plain_http(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = settings.WEBHOOKS_ALLOW_HTTP = True

    assert require_target("http://127.0.0.1:9000/in") == "http://127.0.0.1:9000/in"
    with pytest.raises(WebhookUrlRefusedError, match="begin with https:// or http://"):
        require_target("ftp://127.0.0.1/")


@pytest.mark.django_db
def test_a_refused_url_is_not_saved(game: Game, names: dict[str, list[str]]) -> None:
    endpoint = create_endpoint(game=game, url="https://hooks.example.com/", event_types=["game.completed"]).endpoint

    with pytest.raises(WebhookUrlRefusedError):
        create_endpoint(game=game, url="https://10.0.0.1/", event_types=["game.completed"])
    with pytest.raises(WebhookUrlRefusedError):
        change_endpoint(endpoint=endpoint, url="https://[::1]/")

    assert list(WebhookEndpoint.objects.values_list("url", flat=True)) == ["https://hooks.example.com/"]


@pytest.mark.django_db
def test_a_name_that_has_become_private_is_refused_at_the_attempt(
    game: Game, names: dict[str, list[str]], receiver: Receiver, earn: Callable[..., Any], settings: Any
) -> None:
    settings.WEBHOOKS_ALLOW_HTTP = True
    port = receiver.url.split(":")[2].split("/")[0]
    create_endpoint(game=game, url=f"http://hooks.example.com:{port}/", event_types=["achievement.unlocked"])
    earn()
    names["hooks.example.com"] = ["127.0.0.1"]

    deliver()

    assert receiver.received == []
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.error) == (
        None,
        "Webhooks can't be sent to this URL. Its host is in a private or reserved network. Webhooks go to public "
        "addresses only.",
    )


def test_a_name_that_answers_anew_between_check_and_connect_changes_nothing(
    receiver: Receiver, monkeypatch: Any
) -> None:
    """127.0.0.2 stands for a public address here; the second response would lead to the trap."""
    port = receiver.url.split(":")[2].split("/")[0]
    public, trap = Receiver(), receiver
    server = serve(public, "127.0.0.2", int(port))
    responses = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    monkeypatch.setattr(url_policy, "_resolve", lambda host: next(responses))
    monkeypatch.setattr(url_policy, "is_public", lambda address: address == "127.0.0.2")

    first = send(f"http://rebinding.example.com:{port}/", b"{}", {})
    second = send(f"http://rebinding.example.com:{port}/", b"{}", {})

    server.shutdown()
    server.server_close()
    assert (first.status, len(public.received), trap.received) == (200, 1, [])
    assert public.received[0].headers["Host"] == f"rebinding.example.com:{port}"
    assert second.status is None
    assert "private or reserved" in second.error


def test_the_next_address_is_tried_when_one_takes_nobody(receiver: Receiver, monkeypatch: Any, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    monkeypatch.setattr(url_policy, "_resolve", lambda host: ["127.0.0.3", "127.0.0.1"])
    port = receiver.url.split(":")[2].split("/")[0]

    assert send(f"http://hooks.example.com:{port}/", b"{}", {}).status == 200


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: Any) -> None:
    may_respond = threading.Event()
    monkeypatch.setattr(url_policy, "_resolve", lambda host: [PUBLIC] if may_respond.wait(20) else [])

    assert look_up("hooks.example.com", seconds=0.05) == []

    may_respond.set()
