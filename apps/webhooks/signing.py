"""Signatures as Standard Webhooks specifies them: one, or two while a secret is being rotated."""

import base64
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from standardwebhooks import Webhook

from apps.core.encryption import decrypt, encrypt

PREFIX = "whsec_"
# The specification requires 24 to 64 bytes.
SECRET_BYTES = 32
# For so long the previous secret signs too.
ROTATION = timedelta(hours=24)
_PURPOSE = "webhook secret"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def encrypted(secret: str) -> str:
    return encrypt(secret, purpose=_PURPOSE)


def webhook_id(message_id: UUID) -> str:
    """Return the id by which a receiver recognizes a duplicate of a message."""
    return f"msg_{message_id.hex}"


def signed_headers(
    *, message_id: UUID, payload: str, encrypted_secrets: tuple[str, ...], moment: datetime
) -> dict[str, str]:
    """Return the three headers of the specification, signed with each secret. Raises: DecryptionError."""
    name = webhook_id(message_id)
    signers = [Webhook(decrypt(secret, purpose=_PURPOSE)) for secret in encrypted_secrets]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signer.sign(name, moment, payload) for signer in signers),
    }
