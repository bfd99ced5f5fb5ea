"""Why an operator decided something: each decision is stored with it."""

REASON_LENGTH_MAX = 200


def read_reason(text: str) -> str | None:
    """Return a reason as it is stored, cut to REASON_LENGTH_MAX; None for one that says nothing."""
    return text.strip()[:REASON_LENGTH_MAX] or None
