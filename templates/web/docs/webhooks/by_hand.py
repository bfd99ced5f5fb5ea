import base64
import hashlib
import hmac
import json
import time


def receive(secret: str, headers: dict[str, str], body: bytes) -> dict:
    headers = {name.lower(): value for name, value in headers.items()}
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        raise ValueError("Too old: somebody may be sending it again.")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    mac = hmac.digest(key, signed + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(mac).decode()
    # Two signatures while the secret is being rotated: one has to match.
    found = headers["webhook-signature"].split(" ")
    if not any(hmac.compare_digest(expected, one) for one in found):
        raise ValueError("The signature does not match.")
    return json.loads(body)
