"""Names for guests, who have not chosen one: friendly in every combination, and not unique."""

import secrets

_QUALITIES = (
    "Amber", "Bold", "Brave", "Bright", "Brisk", "Calm", "Cheerful", "Clever", "Copper", "Cosy", "Curious", "Daring",
    "Dusty", "Eager", "Early", "Gentle", "Golden", "Happy", "Hardy", "Honest", "Humble", "Keen", "Kind", "Lively",
    "Lucky", "Merry", "Misty", "Nimble", "Noble", "Patient", "Plucky", "Polite", "Proud", "Quick", "Quiet", "Rapid",
    "Royal", "Sandy", "Silver", "Sleepy", "Snowy", "Sunny", "Swift", "Tidy", "Velvet", "Warm", "Witty", "Young",
)  # fmt: skip
_BEINGS = (
    "Badger", "Beaver", "Bison", "Comet", "Condor", "Crane", "Dolphin", "Falcon", "Ferret", "Finch", "Fox", "Gecko",
    "Hare", "Heron", "Ibis", "Kestrel", "Koala", "Lark", "Lemur", "Lynx", "Magpie", "Marten", "Meadow", "Mole",
    "Moth", "Newt", "Orca", "Otter", "Owl", "Panda", "Pebble", "Penguin", "Puffin", "Quail", "Raven", "Robin",
    "Salmon", "Seal", "Sparrow", "Stoat", "Swallow", "Swan", "Tern", "Thrush", "Turtle", "Walrus", "Willow", "Wren",
)  # fmt: skip


def new_name() -> str:
    """Return a display name such as Brave Otter 37."""
    return f"{secrets.choice(_QUALITIES)} {secrets.choice(_BEINGS)} {secrets.randbelow(90) + 10}"
