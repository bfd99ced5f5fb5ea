"""How games, sets and achievements are named in addresses and bodies, beside their ids."""

import re

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

from apps.core.parsing.values import UUID_PATTERN

# What has a slug, or a set's key, is named by its id, too.
slug_rule = RegexValidator(rf"\A{UUID_PATTERN}\Z", gettext_lazy("This is an id. Choose another."), inverse_match=True)

KEY_LENGTH_MAX = 64
KEY_CHARACTERS = f"[A-Za-z0-9_.-]{{1,{KEY_LENGTH_MAX}}}"
# No UUID, which names an achievement by its id, and not dots alone, which no path can hold.
KEY_PATTERN = rf"^(?!{UUID_PATTERN}$)(?!\.+$){KEY_CHARACTERS}$"
ACHIEVEMENT_KEY = re.compile(KEY_PATTERN)
key_rule = RegexValidator(
    rf"\A{KEY_PATTERN}\Z",
    gettext_lazy("Use 1 to 64 letters, digits, underscores, dots and hyphens; neither dots alone nor a UUID."),
)
