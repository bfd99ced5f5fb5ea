"""A game without a server. `python game.py earn ACH_FIRST_LIGHT` works without a network, `sync` hands it over."""

import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

API = "{{ api }}"
KEY = "lk_pub_YOUR_KEY"
FILE = Path("laurel.json")
NOTHING = "0" * 64


def load():
    return json.loads(FILE.read_text()) if FILE.exists() else {"earned": [], "journal": []}


def save(state):
    """On disk before anyone is told: a process may be killed at any moment."""
    with open(f"{FILE}.new", "w") as file:
        file.write(json.dumps(state))
        file.flush()
        os.fsync(file.fileno())
    os.replace(f"{FILE}.new", FILE)


def call(path, body=None, token=KEY):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{API}/{path}", data, headers), timeout=10) as answer:
        return json.load(answer)


def sign(state, text):
    return hmac.new(state["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()


def chain(state):
    """Turn what was earned into signed entries, each of which names the one before."""
    while state["earned"] and "device" in state:
        key, earned_at = state["earned"].pop(0)
        sequence, previous = state["sequence"] + 1, state["previous"]
        text = "\n".join(["laurel-journal-1", state["device"], str(sequence), previous, key, earned_at])
        entry = {"sequence": sequence, "previous_hash": previous, "achievement_id": key, "earned_at": earned_at}
        state["journal"].append({**entry, "signature": sign(state, text)})
        state["sequence"], state["previous"] = sequence, hashlib.sha256(text.encode()).hexdigest()


def earn(state, key):
    state["earned"].append([key, datetime.now(timezone.utc).isoformat()])
    chain(state)
    save(state)


def connect(state):
    """Return a token of this device's player: a new guest the first time, and when the device is no longer there."""
    try:
        return create_token(state)
    except urllib.error.HTTPError as error:
        if error.code != 404 or json.load(error)["code"] != "device_not_found":
            raise
    # What was not handed over is earned anew by the next device, which signs it.
    written = [[entry["achievement_id"], entry["earned_at"]] for entry in state["journal"]]
    state.update(earned=written + state["earned"], journal=[])
    del state["device"]
    return create_token(state)


def create_token(state):
    if "device" not in state:
        made = call("guests", {"device_name": "My computer"})
        state.update(device=made["device"]["id"], secret=made["secret"], sequence=0, previous=NOTHING)
        save(state)
    challenge = call(f"devices/{state['device']}/challenges", {})["challenge"]
    proof = sign(state, "\n".join(["laurel-device-proof-1", state["device"], challenge]))
    return call(f"devices/{state['device']}/tokens", {"challenge": challenge, "proof": proof})


def sync(state):
    """Hand over the journal. Killed before the answer is on disk, the same list is sent again, and changes nothing."""
    token = connect(state)["token"]
    chain(state)
    save(state)
    while state["journal"]:
        answer = call("achievements/journal", {"entries": state["journal"][:1000]}, token)
        for result in answer["results"]:
            print(json.dumps(result))
        if answer["broken_at"] is None:
            state["journal"] = state["journal"][1000:]
        else:
            # Damaged on disk: begin a new chain behind the last entry accepted.
            lost = state["journal"][answer["broken_at"] :]
            state["earned"] = [[entry["achievement_id"], entry["earned_at"]] for entry in lost]
            state.update(sequence=answer["head"]["sequence"], previous=answer["head"]["hash"], journal=[])
            chain(state)
        save(state)


def link(state):
    """Show a code. Typed in at /account/link/, or in the game on another device, it makes both players one."""
    token = connect(state)
    print(call(f"players/{token['player_id']}/link-codes", {}, token["token"])["code"])


def join(state, code):
    print(call("players/me/links", {"code": code}, connect(state)["token"])["id"])


if __name__ == "__main__":
    {"earn": earn, "sync": sync, "link": link, "join": join}[sys.argv[1]](load(), *sys.argv[2:])
