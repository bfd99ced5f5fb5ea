# pip install standardwebhooks
import os

from standardwebhooks import Webhook

webhook = Webhook(os.environ["LAUREL_WEBHOOK_SECRET"])


def receive(headers: dict[str, str], body: bytes) -> dict:
    # Raises WebhookVerificationError for what Laurel did not send just now.
    return webhook.verify(body, headers)
