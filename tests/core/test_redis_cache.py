"""Caches and sessions through django-redis: what CACHES says of servers and time-outs, and who reads from replicas."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_py
from django.conf import settings as laurel
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache as DjangosRedisCache
from django.test import Client

from apps.core.redis import client as redis
from apps.core.redis.cache_backends import BreakerClient
from apps.core.redis.cache_versions import change_versions
from apps.core.redis.versioned_cache import CacheEntry, FinishedBytes, cached
from apps.games.models import Game
from apps.local.embedded import server
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import OrphanReaper
from apps.local.programs import stop
from tests.conftest import Api
from tests.factories import make_account
from tests.live import wait_until

PAGE = "/accounts/password/change/"
ENTRY = CacheEntry("a-page", 30, ("a-version",))


def log_in(email: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_account(email=email, password="correct horse battery"))
    return client


@pytest.mark.parametrize("alias", ["default", "sessions", "live", "finished"])
def test_every_alias_has_the_time_outs_of_the_settings_no_retries_and_ignores_no_error(alias: str) -> None:
    connection: Any = redis.client(alias).connection_pool.make_connection()

    timeouts = (connection.socket_timeout, connection.socket_connect_timeout)
    assert timeouts == (laurel.REDIS_TIMEOUT_SECONDS, laurel.REDIS_TIMEOUT_SECONDS)
    assert connection.retry.get_retries() == 0
    assert laurel.CACHES[alias]["OPTIONS"]["IGNORE_EXCEPTIONS"] is False


def test_other_time_outs_have_connections_of_their_own() -> None:
    usual, patient = redis.client(), redis.client(timeout_seconds=7.0)

    connection: Any = patient.connection_pool.make_connection()
    assert (connection.socket_timeout, connection.retry.get_retries()) == (7.0, 0)
    assert usual.connection_pool is not patient.connection_pool
    assert usual.connection_pool is redis.client(redis.FINISHED).connection_pool


@pytest.mark.django_db
def test_a_session_that_djangos_own_cache_wrote_is_still_read() -> None:
    client = log_in("mira@example.com")
    key = f"django.contrib.sessions.cache{client.cookies['sessionid'].value}"
    data = caches["sessions"].get(key)
    caches["sessions"].clear()
    assert client.get(PAGE).status_code == 302
    client.cookies["sessionid"] = key.removeprefix("django.contrib.sessions.cache")

    before = DjangosRedisCache(laurel.SESSION_REDIS_URL, {})
    before.set(key, data, 60)

    assert client.get(PAGE).status_code == 200
    assert before.get(key)["_auth_user_id"] == data["_auth_user_id"]
    assert redis.existing("sessions", [key, "another"]) == {key}


@pytest.mark.django_db(transaction=True)
def test_redis_frozen_and_back_leaves_everyone_logged_in(settings: Any) -> None:
    people = [log_in(f"person{number}@example.com") for number in range(5)]
    keys = [client.cookies["sessionid"].value for client in people]
    pid = int(redis.client().info("server")["process_id"])
    # From now on as shipped, on connections of its own.
    shipped = dict.fromkeys(("SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT"), 0.1)
    settings.CACHES = {
        alias: {**cache, "OPTIONS": {**cache["OPTIONS"], **shipped}} for alias, cache in laurel.CACHES.items()
    }
    os.kill(pid, signal.SIGSTOP)
    try:
        meanwhile = [(client.get("/games/").status_code, client.get(PAGE).status_code) for client in people]
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: people[0].get(PAGE).status_code == 200, "sessions to be read again", seconds=10)

    assert meanwhile == [(200, 503)] * 5
    assert [client.get(PAGE).status_code for client in people] == [200] * 5
    assert [client.cookies["sessionid"].value for client in people] == keys


@pytest.fixture(scope="module")
def replica_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    home, reaper = tmp_path_factory.mktemp("replica"), OrphanReaper()
    valkey = Valkey(home, durable=False)
    process = server.start(valkey, Path(home) / "valkey.log", reaper)
    yield valkey
    stop([(valkey.program(), process)], reaper, 5.0)
    reaper.dismiss()


@pytest.fixture
def replica(replica_server: Valkey, settings: Any) -> Iterator[redis_py.Redis]:
    """A replica of the tests' Valkey, in step with it, that Laurel is set to read finished bytes from."""
    replica, primary = redis_py.Redis(port=replica_server.port), redis.client()
    replica.replicaof("127.0.0.1", primary.connection_pool.connection_kwargs["port"])
    settings.REDIS_REPLICA_URLS = [replica_server.url]
    finished = {**laurel.CACHES["finished"], "LOCATION": [laurel.REDIS_URL, replica_server.url]}
    settings.CACHES = {**laurel.CACHES, "finished": finished}
    in_step(replica)
    replica.config_resetstat()
    yield replica
    replica.replicaof("NO", "ONE")
    replica.flushall()


def in_step(replica: redis_py.Redis) -> None:
    """Wait until the replica has what the primary has."""
    redis.client().set("in-step", time.monotonic_ns())
    wait_until(lambda: replica.get("in-step") == redis.client().get("in-step"), "the replica", seconds=10)


def commands_of(replica: redis_py.Redis) -> set[str]:
    """Return which reads the replica got from us, not from the test."""
    return {name.removeprefix("cmdstat_") for name in replica.info("commandstats")} & {"get", "mget", "exists", "set"}


def test_finished_bytes_are_read_from_a_replica_and_versions_from_the_primary(replica: redis_py.Redis) -> None:
    cached(ENTRY, lambda: FinishedBytes(b"first"))
    in_step(replica)
    replica.replicaof("NO", "ONE")
    value = redis.client().getdel(ENTRY.key)

    from_replica = cached(ENTRY, lambda: FinishedBytes(b"made anew"))
    change_versions(redis.client(), ENTRY.version_keys)
    after_a_change = cached(ENTRY, lambda: FinishedBytes(b"second"))

    assert replica.get(ENTRY.key) == value
    assert (from_replica.body, after_a_change.body) == (b"first", b"second")


def test_a_replica_that_lags_or_is_down_serves_nothing_old(replica: redis_py.Redis) -> None:
    cached(ENTRY, lambda: FinishedBytes(b"first"))
    in_step(replica)
    replica.replicaof("NO", "ONE")
    change_versions(redis.client(), ENTRY.version_keys)

    behind = [cached(ENTRY, lambda: FinishedBytes(b"second")).body for _ in range(2)]
    replica.execute_command("CLIENT", "PAUSE", 0)
    replica.config_set("maxclients", 1)
    replica.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    without_redis = cached(ENTRY, lambda: FinishedBytes(b"third")).body
    replica.config_set("maxclients", 10_000)

    assert behind == [b"second", b"second"]
    assert without_redis == b"second"


@pytest.mark.django_db
def test_sessions_limits_and_versions_are_never_read_from_a_replica(
    replica: redis_py.Redis, game: Game, api: Api, boards: None
) -> None:
    in_step(replica)
    replica.config_resetstat()
    client = log_in("mira@example.com")

    responses = [client.get(PAGE).status_code, *(api.get(f"leaderboards/{game.id}").status_code for _ in range(2))]

    assert responses == [200, 200, 200]
    gets = replica.info("commandstats")
    assert {name for name in gets if name.startswith("cmdstat_")} & {"cmdstat_mget", "cmdstat_exists"} == set()
    assert gets["cmdstat_get"]["calls"] == 2


@pytest.mark.django_db
def test_a_request_closes_no_cache(anonymous: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[object] = []
    monkeypatch.setattr(type(caches["default"]), "close", lambda cache, **_: closed.append(cache))

    anonymous.get("games")

    assert closed == []


@pytest.mark.django_db
def test_a_visit_reads_its_session_once_and_extends_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = log_in("sliding@example.com")
    store = redis.client("sessions")
    (key,) = [key for key in store.scan_iter() if visitor.cookies["sessionid"].value.encode() in key]
    store.pexpire(key, 60_000)
    calls: list[str] = []
    for name in ("get", "set", "add", "touch", "has_key"):
        operation = getattr(BreakerClient, name)
        monkeypatch.setattr(
            BreakerClient,
            name,
            lambda *args, _do=operation, _name=name, **named: calls.append(_name) or _do(*args, **named),
        )

    response = visitor.get("/")

    assert (response.status_code, calls) == (200, ["get", "touch"])
    assert store.pttl(key) > 6 * 24 * 3600 * 1000


@pytest.mark.django_db
def test_a_session_that_ended_during_a_visit_is_not_brought_back() -> None:
    visitor = log_in("leaving@example.com")
    session = visitor.session
    assert session.get_expiry_age() > 0
    session.delete(session.session_key)

    with pytest.raises(UpdateError):
        session.save()

    assert not session.exists(session.session_key)
