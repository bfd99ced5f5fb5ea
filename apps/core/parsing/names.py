"""What may be a name, of whatever has one: NFC, seen by people, and moving no letter of what stands around it."""

import unicodedata

NOT_SHOWN = "This shows nothing. Use letters, digits or signs that people can see."
CONTROLS = "Control characters and line breaks are not allowed."
DIRECTIONS = "Characters that turn the direction of writing are not allowed; it follows from the letters."
INVISIBLE = "Invisible characters are not allowed."

# What moves letters that stand beside it: marks, embeddings, overrides and isolates.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Persian and Indic words and emoji are written with these, within a word.
_JOINERS = "\u200c\u200d"
# Flags such as Scotland's are spelt with tags behind a black flag.
_TAGS = range(0xE0020, 0xE0080)
# Letters and signs to Unicode, and nothing to the eye: fillers of Hangul, the empty braille cell.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Number signs of Arabic, Syriac and Kaithi that enclose the digits after them.
_SHOWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def normal(text: str) -> str:
    """Return a text as it is kept: in NFC, without space around it."""
    return unicodedata.normalize("NFC", text).strip()


def problem_with_name(name: str) -> str | None:
    """Return what is wrong with a name in NFC, in a sentence; None when nothing is."""
    for character in name:
        if problem := _problem_with(character):
            return problem
    if name[:1] in _JOINERS or name[-1:] in _JOINERS:
        return INVISIBLE if name.strip(_JOINERS) else NOT_SHOWN
    return None if any(map(_is_seen, name)) else NOT_SHOWN


def _problem_with(character: str) -> str | None:
    if character in _DIRECTIONS:
        return DIRECTIONS
    category = unicodedata.category(character)
    if category in {"Cc", "Cs", "Zl", "Zp"}:
        return CONTROLS
    is_kept = character in _JOINERS or character in _SHOWN_FORMATS or ord(character) in _TAGS
    return INVISIBLE if (category == "Cf" and not is_kept) or character in _BLANKS else None


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" or unicodedata.category(character) in {"Cn", "Co"}
