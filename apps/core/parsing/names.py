"""Rules for names and other texts that people see: NFC, visible, and without effect on surrounding text.

A name is one line without invisible characters; a text may have lines and, for long words, places to break them.

A letter has up to four marks: more of them climb over the lines above and below. Scripts whose letters have more marks
than that write them beside it, or have letters below letters, which is another limit.

Characters unknown to Python's tables are accepted, as new emoji appear every year; noncharacters and what Unicode
reserves for invisible characters are refused, assigned or not.
"""

import re
import unicodedata

import regex
from django.core.validators import BaseValidator
from django.utils.deconstruct import deconstructible
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

NOT_SHOWN = gettext_lazy("This shows nothing. Use letters, digits or signs that people can see.")
CONTROLS = gettext_lazy("Control characters and line breaks are not allowed.")
DIRECTIONS = gettext_lazy("Characters that turn the direction of writing are not allowed; it follows from the letters.")
NO_CHARACTERS = gettext_lazy("Code points that are no characters are not allowed.")
CONTROLS_IN_TEXT = gettext_lazy("Control characters are not allowed, except line breaks and tabs.")
INVISIBLE = gettext_lazy("Invisible characters are not allowed.")
LOST = gettext_lazy("This has \ufffd, which stands for bytes that are not UTF-8. Send the letter that was there.")
PILED = gettext_lazy("A letter can have at most four marks above and below it.")

# Change the direction of neighbouring text: marks, embeddings, overrides and isolates.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Unicode's Default_Ignorable_Code_Point, and characters that are letters or symbols but render as nothing: Hangul
# fillers, the empty braille cell; and code points that will never be characters.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# Of which Django makes what it can't decode in a form.
_REPLACEMENT = "\ufffd"
# The last two code points of each plane, and a range among Arabic forms.
_NO_CHARACTER = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)
# Five marks that take no width, or nine of the letters that Tibetan writes below others (Kalachakra's seed syllable has
# seven); marks with a width, as Burmese vowels, and joiners may stand between. Starting with a mark keeps it linear.
_MARK, _BELOW = r"[[\p{Mn}\p{Me}]--[\u0f90-\u0fbc]]", r"[\u0f90-\u0fbc]"
_PILE = regex.compile(
    rf"(?V1){_MARK}(?:[\p{{Mc}}\u200c\u200d\u0f90-\u0fbc]*+{_MARK}){{4}}"
    rf"|{_BELOW}(?:[[\p{{M}}\u200c\u200d]--{_BELOW}]*+{_BELOW}){{8}}"
)
_TEXT_PROBLEMS = (
    (re.compile(f"[{''.join(_DIRECTIONS)}]"), DIRECTIONS),
    (re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"), CONTROLS_IN_TEXT),
    (_NO_CHARACTER, NO_CHARACTERS),
    (re.compile(_REPLACEMENT), LOST),
    (_PILE, PILED),
)
# Arabic, Syriac and Kaithi number signs that enclose the following digits.
_SHOWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")

# Invisible characters that change their neighbours. Flags such as Scotland's are spelt behind a black flag.
_FLAG = re.compile("(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
# Letters of cursive or clustering scripts: Arabic to N'Ko, Indic, Burmese, Khmer, Mongolian, Adlam.
_JOINED = re.compile("[\u0620-\u077f\u07c0-\u0dff\u1000-\u109f\u1780-\u17ff\u1820-\u18aa\U0001e900-\U0001e94b]")
# Ranges with emoji, and some symbols that are none: Python has no table of them.
_EMOJI = "\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\U0001f000-\U0001faff"
_AT_WORK = re.compile(
    # Emoji joined from several, each optionally with a skin tone or variation.
    f"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"
    # A symbol's presentation: as emoji or as text. Digits have one for keycaps.
    f"|(?<=[{_EMOJI}\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299])[\ufe0e\ufe0f]"
    "|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    # Variants of Mongolian letters and Han characters.
    "|(?<=[\u1820-\u18aa])[\u180b-\u180f]"
    "|(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd])[\ufe00-\ufe02\U000e0100-\U000e01ef]"
)
# Combining class of the viramas of Indic scripts, which end a consonant; joiners control what follows.
_VIRAMA = 9
_JOINERS = frozenset("\u200c\u200d")


@deconstructible
class VisibleLengthValidator(BaseValidator):
    """Limits a name's length as people see it: in grapheme clusters, where an emoji or a letter with marks is one."""

    message = gettext_lazy("Use at most %(limit_value)d characters; this has %(show_value)d.")
    code = "max_length"

    def compare(self, a: int, b: int) -> bool:
        return a > b

    def clean(self, x: str) -> int:
        return visible_length(x)


def visible_length(text: str) -> int:
    """Return how many grapheme clusters a text has (Unicode's UAX 29)."""
    return len(regex.findall(r"\X", text))


def normal(text: str) -> str:
    """Return a text normalised for storage: NFC, stripped."""
    return unicodedata.normalize("NFC", text).strip()


def problem_with_name(name: str) -> str | None:
    """Return the problem of a name in NFC, as a sentence; None for a valid one."""
    shown = _AT_WORK.sub("", _without_joiners_of_letters(_FLAG.sub("", name)))
    problem = next((found for character in shown if (found := _problem_with(character))), None)
    if (problem is None or problem is INVISIBLE) and not any(map(_is_seen, shown)):
        return str(NOT_SHOWN)
    if problem is None and _PILE.search(name):
        problem = PILED
    return None if problem is None else str(problem)


def normal_text(text: str) -> str:
    """Return a text of several lines normalised for storage; empty if it shows nothing."""
    text = normal(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if any(map(_is_seen, text)) or problem_with_text(text) else ""


def problem_with_text(text: str) -> str | None:
    """Return the problem of a text of several lines, as a sentence; None for a valid or empty one."""
    return next((str(problem) for pattern, problem in _TEXT_PROBLEMS if pattern.search(text)), None)


def is_plain(character: str) -> bool:
    """Whether a character is seen, or a space, and has no effect on others."""
    return _problem_with(character) is None


def _without_joiners_of_letters(name: str) -> str:
    """Remove joiners that have an effect: between joining letters, or after a virama."""
    if _JOINERS.isdisjoint(name):
        return name
    around = zip(f" {name}", name, f"{name} "[1:], strict=False)
    return "".join(here for before, here, after in around if here not in _JOINERS or not _is_joint(before, after))


def _is_joint(before: str, after: str) -> bool:
    return unicodedata.combining(before) == _VIRAMA or (_is_joined(before) and _is_joined(after))


def _is_joined(character: str) -> bool:
    return _JOINED.match(character) is not None and unicodedata.category(character)[0] in "LM"


def _problem_with(character: str) -> Promise | None:
    if character in _DIRECTIONS:
        return DIRECTIONS
    category = unicodedata.category(character)
    if category in {"Cc", "Cs", "Zl", "Zp"}:
        return CONTROLS
    if character == _REPLACEMENT:
        return LOST
    is_unseen = category == "Cf" and character not in _SHOWN_FORMATS
    return INVISIBLE if is_unseen or _is_unseen(character) else None


def _is_unseen(character: str) -> bool:
    return _UNSEEN.match(character) is not None or _NO_CHARACTER.match(character) is not None


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] in "LNPS" or category in {"Cn", "Co"}) and not _is_unseen(character)
