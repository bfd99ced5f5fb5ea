"""Previews of an import, which their forms carry back."""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

SALT = "portal.import"
# An older preview must be made again.
PREVIEW_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Preview:
    """What the browser carries, signed, from the preview to its Apply button."""

    account_id: str
    game_id: str
    text: str
    publish: bool
    fingerprint: str = ""

    def signed(self) -> str:
        members = [self.account_id, self.game_id, self.text, self.publish, self.fingerprint]
        return signing.dumps(members, salt=SALT, compress=True)

    @classmethod
    def of(cls, signed: str, account_id: UUID, game_id: UUID) -> "Preview | None":
        """Return a recent preview by this account for this game."""
        try:
            preview = cls(*signing.loads(signed, salt=SALT, max_age=PREVIEW_SECONDS))
        except signing.BadSignature:
            return None
        is_ours = preview.account_id == str(account_id) and preview.game_id == str(game_id)
        return preview if is_ours else None
