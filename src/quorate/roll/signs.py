"""Text that is not what it looks like: invisible signs, reversed direction, look-alike or damaged letters.

A name is read out, printed on a letter and compared by eye. Two names that look the same and differ, or one
that shows in another order than it is stored, are refused with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from quorate.text import _

# Every visible sign of Basic Latin, Latin-1 and Latin Extended-A: none needs a closer look.
_PLAIN: Final = re.compile("[\u0020-\u007e\u00a1-\u00ac\u00ae-\u017f]*")
_SPACES: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Shown as nothing although they count as letters or accents: fillers, joiners, variation selectors.
_BLANKS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
# Alphabets with look-alike letters; a word is written in one of them.
_LOOK_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
# Letters drawn in a special style, as Unicode marks them: mathematical, full width, circled, squared.
_STYLES: Final = ("<font>", "<wide>", "<circle>", "<square>")
# A capital of Latin-1 before a symbol that follows no letter in any name, or the start of a garbled quote.
_GARBLED: Final = re.compile("[\u00c2-\u00c5\u00d0\u00d1][\u00a1-\u00bf€‚ƒ„…†‡ˆ‰‹“”•˜™›]|â€")
_MOST_MARKS: Final = 3


class TextFault(ValueError):
    """A text that is refused: what is wrong; `kind` is the fault's stable name, `fix` says what to do."""

    def __init__(self, kind: str, what: str, fix: str) -> None:
        super().__init__(what)
        self.kind = kind
        self.fix = fix


def tidy(text: str) -> str:
    """Composed letters (NFC), and every run of spaces of any width as one space, none at the ends."""
    if not text.isascii():
        text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    if "  " in text or text[:1] == " " or text[-1:] == " ":
        return " ".join(filter(None, text.split(" ")))
    return text


def check_text(text: str) -> None:
    """Return when the tidied text is what it looks like; TextFault with the first reason otherwise."""
    if text.isascii() and text.isprintable():
        return
    if not _PLAIN.fullmatch(text):
        _check_signs(text)
        _check_alphabets(text)
    _check_garbled(text)


def _check_signs(text: str) -> None:
    marks = 0
    for count, sign in enumerate(text, start=1):
        kind = unicodedata.category(sign)
        if kind == "Cs" or sign == "\ufffd":
            raise TextFault(
                "encoding",
                _("A letter is damaged: the file is not in the encoding it was read in."),
                _("Save it again as “CSV UTF-8”, or name Windows-1252 if an old program wrote it."),
            )
        if kind[0] == "C" or kind in ("Zl", "Zp") or sign in _BLANKS:
            name = (
                _("line break") if sign in "\r\n" else unicodedata.name(sign, _("control character")).lower()
            )
            what = _("It holds the invisible sign U+{code:04X} ({name}).").format(code=ord(sign), name=name)
            raise TextFault("invisible", what, _("Type the text again, without copying it."))
        if unicodedata.decomposition(sign).startswith(_STYLES):
            what = _("“{sign}” is not an ordinary letter or digit but looks like one.").format(sign=sign)
            raise TextFault("styled-letter", what, _("Type it again on the keyboard."))
        marks = marks + 1 if kind == "Mn" else 0
        if marks > _MOST_MARKS or marks == count:
            what = _("Accents are piled up, or stand without a letter.")
            raise TextFault("accents", what, _("Type the text again."))


def _check_alphabets(text: str) -> None:
    """No word has letters of two look-alike alphabets."""
    word: set[str] = set()
    for sign in text:
        if unicodedata.category(sign)[0] not in "LM":
            word.clear()
            continue
        alphabet = unicodedata.name(sign, "").split(" ", 1)[0]
        if alphabet in _LOOK_ALIKE:
            word.add(alphabet)
        if len(word) > 1:
            names = _(" and ").join(sorted(name.capitalize() for name in word))
            what = _("One word mixes letters of look-alike alphabets: {names}.").format(names=names)
            raise TextFault("mixed-alphabets", what, _("Type the word again in one alphabet."))


def _check_garbled(text: str) -> None:
    """Not UTF-8 that was once read as Windows-1252: `JosÃ©` for `José`."""
    if not _GARBLED.search(text):
        return
    try:
        meant = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        what = _("Letters are garbled.")
    else:
        what = _("Letters are garbled: it was probably “{meant}”.").format(meant=meant)
    raise TextFault("garbled", what, _("Export the roll again as “CSV UTF-8”."))
