import base64
import hashlib
import hmac
import json
import time


def receive(secret: str, headers: dict[str, str], body: bytes) -> dict:
    headers = {name.lower(): value for name, value in headers.items()}
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        raise ValueError("Too old, or too new: somebody may be sending it again.")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    # Two signatures while the secret is being rotated; one of them has to match.
    if not any(hmac.compare_digest(expected, found) for found in headers["webhook-signature"].split(" ")):
        raise ValueError("The signature does not match.")
    return json.loads(body)
