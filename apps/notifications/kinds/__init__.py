"""The kinds of notifications, one file each: what goes into the payload, and the words a person reads."""

from apps.notifications.kinds.base import Kind
from apps.notifications.kinds.own_unlock import OwnUnlock

# Keys are stored with every notification: a kind may be retired, its key never reused.
KINDS: dict[str, type[Kind]] = {kind.key: kind for kind in (OwnUnlock,)}
NAMES = sorted(KINDS)
