"""Guests: players that devices make through a publishable key, and the tokens they mint by proof."""

import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from apps.core.clock import now
from apps.core.redis import client as redis
from apps.games.auth import keys
from apps.games.auth.known_tokens import known_tokens
from apps.games.models import ApiKey, Game
from apps.players.actions.guests import clear_networks
from apps.players.attestation import AttestationRefusedError, GuestRequest
from apps.players.models import Device, Guest, Player
from apps.unlocks.idle_guests import delete_guests
from apps.unlocks.models import Progress, SandboxUnlock, Source, Unlock
from tests.conftest import Api
from tests.factories import make_achievement, make_device, make_game, make_known, make_player, make_publishable_key

pytestmark = pytest.mark.django_db
COUNTED = {"kind": "incremental", "target": 5}


@pytest.fixture
def shipped(game: Game) -> Api:
    """What a game that is shipped with a publishable key calls with."""
    return Api(make_publishable_key(game))


class Client:
    """A guest's device as a game would be: it keeps its id and its secret, and knows nothing else."""

    def __init__(self, shipped: Api, **members: Any) -> None:
        response = shipped.post("guests", members)
        assert response.status_code == 201, response.content
        self.shipped, self.made = shipped, response.json()
        self.player_id = UUID(self.made["player"]["id"])
        self.device_id, self.secret = self.made["device"]["id"], self.made["secret"]

    @property
    def player(self) -> Player:
        return Player.objects.get(pk=self.player_id)

    def challenge(self) -> str:
        return str(self.shipped.post(f"devices/{self.device_id}/challenges").json()["challenge"])

    def proof(self, challenge: str) -> str:
        message = f"laurel-device-proof-1\n{self.device_id}\n{challenge}"
        return hmac.new(self.secret.encode(), message.encode(), hashlib.sha256).hexdigest()

    def mint(self, challenge: str | None = None, proof: str | None = None, shipped: Api | None = None) -> Any:
        challenge = challenge or self.challenge()
        body = {"challenge": challenge, "proof": proof or self.proof(challenge)}
        return (shipped or self.shipped).post(f"devices/{self.device_id}/tokens", body)

    def api(self) -> Api:
        return Api(self.mint().json()["token"])


def everything() -> dict[str, list[Any]]:
    """Return all that guests are made of, and what they might write."""
    tables = ("player", "guest", "device", "unlock", "sandbox_unlock", "progress", "follow", "play_session", "outbox")
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in tables}


def _rows(cursor: Any, table: str) -> list[Any]:
    cursor.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
    return list(cursor.fetchall())


def test_a_device_becomes_a_guest_who_earns_what_clients_may_set(shipped: Api, game: Game) -> None:
    earned = make_achievement(game, setter="client")

    client = Client(shipped, region="AS", device_name="Pixel 9")
    token = client.mint()
    unlock = Api(token.json()["token"]).post("achievements/unlock", {"achievement_id": earned.key})

    player = client.player
    assert (player.region, player.account, player.display_name != player.handle) == ("AS", None, True)
    assert client.made["device"] | {"created_at": "", "seen_at": ""} == {
        "id": client.device_id, "game_id": str(game.id), "name": "Pixel 9", "credential": "hmac-sha256",
        "created_at": "", "seen_at": "",
    }  # fmt: skip
    assert client.secret.startswith("ld_")
    assert client.secret not in Device.objects.get().sealed_secret
    assert (token.status_code, token.json()["player_id"]) == (201, str(player.id))
    assert (unlock.status_code, Unlock.objects.get().player_id) == (201, player.id)
    assert Unlock.objects.get().source == Source.PUBLISHABLE


def test_what_only_a_server_may_do_is_refused_and_changes_nothing(shipped: Api, game: Game, alice: Player) -> None:
    of_server = make_achievement(game)
    client, own = Client(shipped), make_achievement(game, setter="client")
    caller = client.api()
    make_known(alice, game)
    before = everything()
    report = {"achievement_id": of_server.key}

    refused = [
        caller.post("achievements/unlock", report),
        caller.post("achievements/progress", {**report, "verb": "reveal"}),
        caller.post("achievements/unlock", {"achievement_id": own.key, "player_id": str(alice.id)}),
        shipped.post("achievements/unlock", {"achievement_id": own.key, "player_id": str(client.player_id)}),
        shipped.post(f"players/{client.player_id}/tokens"),
        shipped.put("players/by-external-id/7"),
        caller.post("players/me/playtime", {"session_id": "1", "seconds": 60}),
        caller.put(f"players/me/following/{alice.id}"),
        caller.post(f"players/{alice.id}/socket-ticket"),
        caller.post(f"players/{alice.id}/link-codes"),
    ]

    assert [(response.status_code, response.json()["code"]) for response in refused] == [
        (403, "set_by_server"),
        (403, "set_by_server"),
        (404, "player_not_found"),
        (403, "caller_not_allowed"),
        (403, "caller_not_allowed"),
        (403, "caller_not_allowed"),
        (403, "publishable_token"),
        (403, "publishable_token"),
        (404, "player_not_found"),
        (404, "player_not_found"),
    ]
    assert everything() == before


def test_a_publishable_key_reads_what_anyone_may(shipped: Api, game: Game, alice: Player) -> None:
    achievement = make_achievement(game, state="draft")
    paths = ["games", f"games/{game.slug}", f"games/{game.id}/achievements", f"leaderboards/{game.id}", "players"]
    paths += [f"players/{alice.id}", f"players/{alice.id}/unlocks"]

    by_key = [shipped.get(path) for path in paths]
    by_anyone = [Api().get(path) for path in paths]
    drafts = Api(make_publishable_key(game, "test")).get(f"games/{game.id}/achievements")

    assert [response.json() for response in by_key] == [response.json() for response in by_anyone]
    assert {response.status_code for response in by_key} == {200}
    assert [item["key"] for item in drafts.json()["results"]] == [achievement.key]
    assert shipped.get("players/me/unlocks").status_code == 404


@pytest.mark.parametrize("is_raw", [True, False])
def test_a_key_in_hardware_proves_a_device_as_well(shipped: Api, game: Game, is_raw: bool) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    formats = (Encoding.X962, PublicFormat.UncompressedPoint) if is_raw else (
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    client = Client(shipped, public_key=key.public_key().public_bytes(*formats).hex())
    challenge = client.challenge()
    message = f"laurel-device-proof-1\n{client.device_id}\n{challenge}".encode()
    signature = key.sign(message, ec.ECDSA(SHA256()))
    if is_raw:
        signature = b"".join(part.to_bytes(32) for part in decode_dss_signature(signature))

    minted = client.mint(challenge, signature.hex())
    forged = client.mint(proof="00" * 64)

    assert (client.secret, client.made["device"]["credential"]) == (None, "p-256")
    assert minted.status_code == 201
    assert (forged.status_code, forged.json()["code"]) == (403, "proof_refused")


# Well formed, of a kind of key that nobody knows.
UNKNOWN_KIND = "300b300506032a030403020000"


@pytest.mark.parametrize("text", ["", "zz", "04" + "00" * 64, "30", "00" * 65, UNKNOWN_KIND])
def test_what_is_no_public_key_makes_no_guest(shipped: Api, text: str) -> None:
    response = shipped.post("guests", {"public_key": text})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/public_key")
    assert not Player.objects.exists()


def test_a_challenge_is_good_once_and_for_its_device(shipped: Api, game: Game) -> None:
    client, other = Client(shipped), Client(shipped)
    spent, wrong, of_other = client.challenge(), client.challenge(), other.challenge()

    answers = [
        client.mint(spent),
        client.mint(spent),
        client.mint(wrong, other.proof(wrong)),
        client.mint(wrong),
        client.mint(of_other),
        client.mint("made up"),
        client.mint(proof="not hexadecimal"),
    ]

    assert [answer.json().get("code") for answer in answers] == [
        None, "challenge_unknown", "proof_refused", "challenge_unknown", "challenge_unknown", "challenge_unknown",
        "proof_refused",
    ]  # fmt: skip


def test_a_device_is_of_its_game_and_of_its_environment(shipped: Api, game: Game) -> None:
    client, unknown = Client(shipped), f"devices/{uuid4()}"
    of_other_game, of_tests = (Api(make_publishable_key(*key)) for key in ((make_game(),), (game, "test")))

    answers = [client.mint(shipped=of_other_game), client.mint(shipped=of_tests)]
    challenge = shipped.post(f"{unknown}/challenges").json()["challenge"]
    answers.append(shipped.post(f"{unknown}/tokens", {"challenge": challenge, "proof": "00"}))

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "device_not_found")] * 3


def test_a_test_key_makes_guests_of_the_sandbox(game: Game) -> None:
    client, achievement = Client(Api(make_publishable_key(game, "test"))), make_achievement(game, setter="client")

    response = client.api().post("achievements/unlock", {"achievement_id": achievement.key})

    assert (response.status_code, client.player.is_test) == (201, True)
    assert (Unlock.objects.count(), SandboxUnlock.objects.get().source) == (0, Source.PUBLISHABLE)


def revoke_key(client: Client) -> None:
    ApiKey.objects.update(revoked_at=now())


def revoke_device(client: Client) -> None:
    assert client.api().delete(f"players/me/devices/{client.device_id}").status_code == 204


def delete_device(client: Client) -> None:
    Device.objects.all().delete()


def give_device_to_another(client: Client) -> None:
    Device.objects.update(player=make_player())


@pytest.mark.parametrize("end", [revoke_key, revoke_device, delete_device, give_device_to_another])
def test_a_token_dies_with_its_device_and_its_key(shipped: Api, end: Callable[[Client], None]) -> None:
    client = Client(shipped)
    caller = client.api()
    before = caller.get("players/me").status_code

    end(client)
    # As within 3 s in every process.
    known_tokens.round()
    keys.cache.clear()
    after = caller.get("players/me")

    assert (before, after.status_code) == (200, 401)
    assert after.json()["code"] == ("key_revoked" if end is revoke_key else "token_revoked")


def test_a_revoked_device_mints_nothing(shipped: Api) -> None:
    client = Client(shipped)
    revoke_device(client)

    response = client.mint()

    assert (response.status_code, response.json()["code"]) == (403, "device_revoked")


def test_a_player_lists_and_revokes_their_own_devices(
    shipped: Api, game: Game, as_player: Callable[[Player], Api]
) -> None:
    client, other = Client(shipped, device_name="Console"), Client(shipped)
    elsewhere = make_device(client.player, make_game())
    caller, person = client.api(), as_player(client.player)

    listed = [[item["id"] for item in api.get("players/me/devices").json()["results"]] for api in (caller, person)]
    refused = [caller.delete(f"players/me/devices/{device_id}") for device_id in (other.device_id, elsewhere.id)]
    revoked = [person.delete(f"players/me/devices/{elsewhere.id}").status_code for _ in range(2)]

    assert listed == [[client.device_id], [str(elsewhere.id), client.device_id]]
    assert [response.status_code for response in refused] == [404, 404]
    assert revoked == [204, 204]
    assert set(Device.objects.filter(revoked_at=None).values_list("player_id", flat=True)) == {
        client.player_id, other.player_id
    }  # fmt: skip


def test_a_guest_becomes_an_account_with_all_and_the_device_goes_on(
    shipped: Api, game: Game, alice: Player, as_player: Callable[[Player], Api], relay: Callable[[], int]
) -> None:
    first, second = (make_achievement(game, setter="client") for _ in range(2))
    client, person = Client(shipped), as_player(alice)
    caller = client.api()
    caller.post("achievements/unlock", {"achievement_id": first.key})

    code = caller.post(f"players/{client.player_id}/link-codes").json()["code"]
    linked = person.post("players/me/links", {"code": code})
    relay()
    again = client.mint()
    unlock = Api(again.json()["token"]).post("achievements/unlock", {"achievement_id": second.key})

    assert (linked.status_code, again.json()["player_id"]) == (200, str(alice.id))
    assert (caller.get("players/me").json()["handle"], unlock.status_code) == ("alice", 201)
    assert set(Unlock.objects.values_list("player_id", "achievement_id")) == {
        (alice.id, first.id), (alice.id, second.id)
    }  # fmt: skip
    assert len(person.get("players/me/devices").json()["results"]) == 1


def test_a_second_device_joins_the_first_ones_player_by_the_same_code(
    shipped: Api, game: Game, relay: Callable[[], int]
) -> None:
    earned = make_achievement(game, setter="client")
    first, second = Client(shipped), Client(shipped)
    joining = second.api()
    joining.post("achievements/unlock", {"achievement_id": earned.key})
    code = first.api().post(f"players/{first.player_id}/link-codes").json()["code"]

    joined = joining.post("players/me/links", {"code": code})
    relay()
    again = [joining.post("players/me/links", {"code": code}), second.mint()]

    assert (joined.status_code, joined.json()["id"]) == (200, str(first.player_id))
    assert (again[0].json()["code"], again[1].json()["player_id"]) == ("link_code_unknown", str(first.player_id))
    assert Unlock.objects.get().player_id == first.player_id
    assert {item["id"] for item in first.api().get("players/me/devices").json()["results"]} == {
        first.device_id, second.device_id
    }  # fmt: skip


def test_who_has_an_account_does_not_join_another(
    shipped: Api, game: Game, as_player: Callable[[Player], Api], token_api: Callable[..., Api], alice: Player
) -> None:
    first, second = Client(shipped), Client(shipped)
    as_player(second.player)
    codes = [first.api().post(f"players/{first.player_id}/link-codes").json()["code"] for _ in range(3)]
    before = everything()

    of_account = second.api().post("players/me/links", {"code": codes[0]})
    own = first.api().post("players/me/links", {"code": codes[1]})
    of_server = token_api(alice, game).post("players/me/links", {"code": codes[2]})

    assert [response.json()["code"] for response in (of_account, own, of_server)] == [
        "player_has_account", "already_linked", "device_needed"
    ]  # fmt: skip
    assert everything()["player"] == before["player"]


def test_who_guesses_codes_as_many_guests_is_limited_by_address(shipped: Api) -> None:
    guests = [Client(shipped).api() for _ in range(3)]

    def guess(caller: Api, **where: str) -> int:
        return int(caller.post("players/me/links", {"code": "AAAA-AAAA"}, **where).status_code)

    answers = [guess(caller) for caller in guests for _ in range(4)]
    elsewhere = guess(guests[2], REMOTE_ADDR="192.0.2.7")

    assert (answers, elsewhere) == ([404] * 10 + [429] * 2, 404)


def test_sixty_devices_behind_one_address_become_guests_within_an_hour(shipped: Api) -> None:
    began = now()
    for second in range(60):
        with time_machine.travel(began + timedelta(seconds=second), tick=False):
            Client(shipped)
    before = everything()

    with time_machine.travel(began + timedelta(minutes=20), tick=False):
        refused = shipped.post("guests")
        after = everything()
        elsewhere = shipped.post("guests", REMOTE_ADDR="2001:db8:1:2::7")
    with time_machine.travel(began + timedelta(hours=1), tick=False):
        later = shipped.post("guests")

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_guests")
    assert (refused["Retry-After"], refused.json()["retry_after_seconds"]) == ("2400", 2400)
    assert after == before
    assert (elsewhere.status_code, later.status_code) == (201, 201)


@pytest.mark.django_db(transaction=True)
def test_thirty_devices_at_once_become_guests_up_to_the_limit(game: Game, settings: Any) -> None:
    settings.GUEST_LIMITS = {"address": 20, "game": 0}
    key = make_publishable_key(game)

    def create(_: int) -> tuple[int, bool]:
        try:
            response = Api(key).post("guests")
            return response.status_code, "Retry-After" in response
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(create, range(30)))

    assert (answers.count((201, False)), answers.count((429, True))) == (20, 10)
    assert (Guest.objects.count(), Player.objects.count(), Device.objects.count()) == (20, 20, 20)


def test_an_address_of_ipv6_is_a_network_and_a_game_has_a_limit_too(shipped: Api, settings: Any) -> None:
    settings.GUEST_LIMITS = {"address": 1, "game": 3}
    addresses = ["2001:db8:1:2::7", "2001:db8:1:2::8", "::ffff:192.0.2.6", "192.0.2.6", "::ffff:192.0.2.7", "192.0.2.8"]

    answers = [shipped.post("guests", REMOTE_ADDR=address).status_code for address in addresses]

    # A socket for both families has IPv4 as IPv6: these are three addresses.
    assert answers == [201, 429, 201, 429, 201, 429]


def test_the_networks_of_guests_are_cleared_when_no_limit_counts_them(shipped: Api) -> None:
    client = Client(shipped)
    Guest.objects.filter(pk=client.player_id).update(created_at=now() - timedelta(hours=1, seconds=1))
    Client(shipped)

    cleared = [clear_networks(before=now(), rows_max=10) for _ in range(2)]

    assert cleared == [1, 0]
    assert Guest.objects.filter(network_digest="").get().player_id == client.player_id
    assert not Guest.objects.filter(network_digest__contains="127").exists()


WANTED: list[GuestRequest] = []


def judge(wanted: GuestRequest) -> bool:
    WANTED.append(wanted)
    if wanted.attestation == "broken":
        raise AttestationRefusedError("The app check says no.")
    return wanted.attestation == "genuine"


def test_an_operators_callable_judges_who_becomes_a_guest(shipped: Api, game: Game, settings: Any) -> None:
    settings.GUEST_ATTESTATION = f"{__name__}.judge"
    WANTED.clear()

    answers = [shipped.post("guests", {"attestation": text} if text else {}) for text in ("genuine", "", "broken")]

    assert [(answer.status_code, answer.json().get("detail")) for answer in answers] == [
        (201, None),
        (403, "This server takes guests only from devices that prove what they are."),
        (403, "The app check says no."),
    ]
    assert Player.objects.count() == 1
    assert WANTED[0] == GuestRequest(game.id, False, "127.0.0.1", "genuine", None)


def test_a_month_later_only_guests_who_earned_something_are_there(
    shipped: Api, game: Game, alice: Player, relay: Callable[[], int]
) -> None:
    earned, counted = (make_achievement(game, setter="client", **kind) for kind in ({}, COUNTED))
    idle, busy, new = Client(shipped), Client(shipped), Client(shipped)
    busy.api().post("achievements/unlock", {"achievement_id": earned.key})
    idle.api().post("achievements/progress", {"achievement_id": counted.key, "verb": "set_at_least", "steps": 1})
    Guest.objects.exclude(pk=new.player_id).update(seen_at=now() - timedelta(days=30, seconds=1))

    chunks = [delete_guests(now(), rows_max=10) for _ in range(2)]
    relay()

    assert [(chunk.looked_at, chunk.deleted) for chunk in chunks] == [(2, 1), (0, 0)]
    assert set(Player.objects.values_list("pk", flat=True)) == {alice.id, busy.player_id, new.player_id}
    assert (Device.objects.count(), Progress.objects.count(), Unlock.objects.count()) == (2, 0, 1)
    assert idle.mint().json()["code"] == "device_not_found"


def test_guests_stand_in_no_list_of_players(shipped: Api, alice: Player, as_player: Callable[[Player], Api]) -> None:
    client, person = Client(shipped), Client(shipped)
    as_player(person.player)

    listed = Api().get("players").json()["results"]

    assert {item["id"] for item in listed} == {str(alice.id), str(person.player_id)}
    assert Api().get(f"players/{client.player_id}").status_code == 200


def test_without_redis_guests_are_made_and_challenges_are_not(shipped: Api, monkeypatch: Any) -> None:
    client = Client(shipped)

    def refuse(*_: Any) -> None:
        raise redis.RedisUnavailableError

    monkeypatch.setattr(redis, "run_with_breaker", refuse)
    response = shipped.post(f"devices/{client.device_id}/challenges")

    assert (response.status_code, response.json()["code"]) == (503, "challenges_unavailable")
    assert shipped.post("guests").status_code == 201


def test_pages_may_send_a_key_only_from_the_sites_it_names(game: Game) -> None:
    api, named = Api(make_publishable_key(game, "live", "https://play.example")), {"Origin": "https://play.example"}
    token = {"Authorization": f"Bearer {Client(api).mint().json()['token']}"}
    before = everything()

    refused = [
        api.post("guests", headers={"Origin": origin})
        for origin in ("https://elsewhere.example", "https://play.example:8443", "http://play.example", "null")
    ]
    of_token = Api().get("players/me", headers={**token, "Origin": "https://elsewhere.example"})
    without_origins = Api(make_publishable_key(game)).post("guests", headers=named)

    assert {(response.status_code, response.json()["code"]) for response in [*refused, of_token, without_origins]} == {
        (403, "origin_not_allowed")
    }
    assert everything() == before
    assert api.post("guests", headers=named).status_code == 201
    assert Api().get("players/me", headers={**token, **named}).status_code == 200


def test_the_accounts_page_lists_devices_and_disconnects_them(
    shipped: Api, game: Game, as_player: Callable[[Player], Api]
) -> None:
    client, others = Client(shipped, device_name="Pixel 9"), Client(shipped, device_name="Not mine")
    browser = as_player(client.player).client

    page = browser.get("/account/tokens/").content.decode()
    refused = browser.post("/account/tokens/", {"device": others.device_id})
    done = browser.post("/account/tokens/", {"device": client.device_id}, follow=True).content.decode()

    assert ("Pixel 9" in page, "Not mine" in page, game.name in page) == (True, False, True)
    assert refused.status_code == 404
    assert "The device can no longer act for you." in done
    assert list(Device.objects.filter(revoked_at=None).values_list("name", flat=True)) == ["Not mine"]
