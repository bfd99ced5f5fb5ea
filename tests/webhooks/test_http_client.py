"""Receivers that are slow, endless, huge, rude or elsewhere: none holds a worker for long, or leads it astray."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.webhooks import http_client, url_policy
from apps.webhooks.http_client import LIMIT_SECONDS, send
from apps.webhooks.models import BODY_BYTES_MAX, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.webhooks.conftest import PATIENCE_SECONDS, Receiver, deliver, serve

# The limit is of the real clock; the tests of time shorten it and allow for a busy machine.
SHORT_SECONDS, SLACK_SECONDS = 0.4, 1.5
TOO_LATE = f"No response within {SHORT_SECONDS:g} seconds."
Behave = Callable[[Any], None]


def trickle_headers(handler: Any) -> None:
    """A byte at a time: no time-out of a socket ever runs out."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def say_nothing(handler: Any) -> None:
    time.sleep(SHORT_SECONDS * 3)


def trickle_body(handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b"drop ")
        handler.wfile.flush()
        time.sleep(0.05)


def respond_for_ever(handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


def timed(url: str) -> tuple[http_client.EndpointResponse, float]:
    began_at = time.monotonic()
    response = send(url, b"{}", {}, limit_seconds=SHORT_SECONDS)
    return response, time.monotonic() - began_at


@pytest.mark.parametrize("behaviour", [trickle_headers, say_nothing])
def test_a_response_that_does_not_come_in_time_is_none(receiver: Receiver, behaviour: Behave) -> None:
    receiver.responses = [behaviour]

    response, seconds = timed(receiver.url)

    assert (response.status, response.error, response.is_success) == (None, TOO_LATE, False)
    assert SHORT_SECONDS <= seconds < SHORT_SECONDS + SLACK_SECONDS


def test_a_body_without_end_is_left_when_the_time_is_up(receiver: Receiver) -> None:
    receiver.responses = [trickle_body]

    response, seconds = timed(receiver.url)

    assert (response.status, response.is_success) == (200, True)
    assert response.body.startswith("drop drop ")
    assert seconds < SHORT_SECONDS + SLACK_SECONDS


def test_of_a_huge_body_only_the_beginning_is_read(receiver: Receiver) -> None:
    receiver.responses = [respond_for_ever]

    response = send(receiver.url, b"{}", {})

    assert response.status == 200
    assert response.body == "x" * BODY_BYTES_MAX


@pytest.mark.parametrize(
    ("body", "stored"), [(b"caf\xc3\xa9 \xff", "caf\u00e9 \ufffd"), (b"a\x00b", "a\ufffdb"), (b"\x1f\x8b\x08", None)]
)
def test_a_body_is_stored_as_text_whatever_it_is(receiver: Receiver, body: bytes, stored: str | None) -> None:
    def respond_so(handler: Any) -> None:
        handler.send_response(200)
        # A bomb would be unpacked by whoever believes this.
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(body)

    receiver.responses = [respond_so]

    assert send(receiver.url, b"{}", {}).body == (stored or body.decode(errors="replace"))


def test_headers_of_a_response_are_bounded(receiver: Receiver) -> None:
    def respond_with_many(handler: Any) -> None:
        handler.send_response(200)
        for number in range(80):
            handler.send_header(f"X-{number}", "v" * 5000)
        handler.end_headers()

    receiver.responses = [respond_with_many]

    response = send(receiver.url, b"{}", {})

    assert (response.status, len(response.headers)) == (200, 50)
    assert max(len(value) for _, value in response.headers) == 500


def test_what_is_no_http_is_no_response(receiver: Receiver) -> None:
    receiver.responses = [lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")]

    response = send(receiver.url, b"{}", {})

    assert response.status is None
    assert response.error.startswith("The connection failed: ")


def test_nobody_at_the_port_is_no_response() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    response = send(f"http://127.0.0.1:{port}/", b"{}", {})

    assert (response.status, response.error) == (None, "The connection failed: [Errno 111] Connection refused")


@pytest.mark.django_db
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    endpoint: WebhookEndpoint, receiver: Receiver, earn: Callable[..., Any], status: int
) -> None:
    trap = Receiver()
    server = serve(trap)

    def redirect(handler: Any) -> None:
        handler.send_response(status)
        handler.send_header("Location", trap.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.responses = [redirect]
    earn()

    deliver()

    server.shutdown()
    server.server_close()
    assert trap.received == []
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, ["Location", trap.url] in attempt.answer_headers) == (status, True)
    assert WebhookDelivery.objects.get().state == "waiting"


def test_proxies_and_passwords_of_the_environment_are_ignored(
    receiver: Receiver, monkeypatch: Any, tmp_path: Path
) -> None:
    trap = Receiver()
    server = serve(trap)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, trap.url)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login root password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    response = send(receiver.url, b"{}", {})

    server.shutdown()
    server.server_close()
    assert (response.status, trap.received) == (200, [])
    assert "Authorization" not in receiver.received[0].headers


def test_an_attempt_is_logged_as_it_went(
    db: None, endpoint: WebhookEndpoint, receiver: Receiver, earn: Callable[..., Any]
) -> None:
    def respond_in_words(handler: Any) -> None:
        handler.send_response(500)
        handler.send_header("X-Trace", "77")
        handler.send_header("Content-Length", "12")
        handler.end_headers()
        handler.wfile.write(b"out of disk\n")

    receiver.responses = [respond_in_words]
    earn()

    deliver()

    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.answer_body, attempt.error, attempt.url) == (500, "out of disk\n", "", receiver.url)
    assert ["X-Trace", "77"] in attempt.answer_headers
    sent = receiver.received[0].headers
    assert attempt.request_headers == [[name, sent[name]] for name, _ in attempt.request_headers]
    assert {name for name, _ in attempt.request_headers} >= {"webhook-id", "webhook-signature", "Content-Type"}
    assert attempt.duration_ms < LIMIT_SECONDS * 1000
    assert attempt.delivery.message.payload.encode() == receiver.received[0].body


@pytest.fixture
def authority(tmp_path: Path) -> Callable[..., Path]:
    """Make a certificate for a name, its own authority, and return the file with its key."""

    def make(name: str) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        today = datetime.now(UTC)
        builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
        names = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.9"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        certificate = builder.sign(key, hashes.SHA256())
        file = tmp_path / f"{name}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return file

    return make


@pytest.fixture
def secure(receiver: Receiver, authority: Callable[..., Path], monkeypatch: Any) -> Iterator[Callable[[str], str]]:
    """Serve with a certificate for a name, which the machine resolves to itself; return the URL of another name."""
    servers = []

    def start(certified: str) -> str:
        file = authority(certified)
        server = serve(receiver)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        servers.append(server)
        monkeypatch.setattr(http_client, "TRUSTED", str(file))
        monkeypatch.setattr(url_policy, "_resolve", lambda host: ["127.0.0.1"])
        return f"https://hooks.studio.test:{server.server_port}/in"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_tls_checks_the_certificate_against_the_name_though_the_address_is_pinned(
    secure: Callable[[str], str], receiver: Receiver
) -> None:
    response = send(secure("hooks.studio.test"), b"{}", {})

    assert (response.status, response.error) == (200, "")
    assert receiver.received[0].headers["Host"].startswith("hooks.studio.test:")


def test_a_certificate_of_another_name_is_refused(secure: Callable[[str], str], receiver: Receiver) -> None:
    response = send(secure("other.studio.test"), b"{}", {})

    assert response.status is None
    assert response.error.startswith("The TLS connection failed: ")
    assert receiver.received == []


def test_a_handshake_that_hangs_is_left_when_the_time_is_up(monkeypatch: Any) -> None:
    monkeypatch.setattr(url_policy, "_resolve", lambda host: ["127.0.0.1"])
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = threading.Event()

        def trickle() -> None:
            accepted, _ = silent.accept()
            with accepted, suppress(OSError):
                # The head of a long record, and then its content a byte at a time.
                accepted.send(b"\x16\x03\x03\x3f\xf0\x02")
                while not done.wait(0.05):
                    accepted.send(b"\x00")

        thread = threading.Thread(target=trickle)
        thread.start()

        response, seconds = timed(f"https://hooks.studio.test:{silent.getsockname()[1]}/")

        done.set()
        thread.join(PATIENCE_SECONDS)
    assert (response.status, response.error) == (None, TOO_LATE)
    assert seconds < SHORT_SECONDS + SLACK_SECONDS
