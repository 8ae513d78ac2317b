"""Words for people: a thin layer over gettext (domain ``quorate``).

Every sentence that a person reads goes through :func:`_` or :func:`ngettext`, and every large number
through :func:`number`. Without a chosen language the English of the source is used; what a program's
environment says about languages is never consulted, so that a printed certificate does not depend on it.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

_DOMAIN: Final = "quorate"
_CATALOGUES: Final = Path(__file__).with_name("locale")
_current: ContextVar[gettext.NullTranslations] = ContextVar("quorate.text")
_english: Final = gettext.NullTranslations()

# Fixed here, as the categories of Unicode change from version to version and a record is read for ever.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


def _(message: str) -> str:
    """The message in the current language."""
    return _current.get(_english).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of the message that fits ``n`` things, in the current language."""
    return _current.get(_english).ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """The message in the current language, where the same English means different things."""
    return _current.get(_english).pgettext(context, message)


@contextmanager
def language(code: str) -> Iterator[None]:
    """Use the catalogue of ``code`` (such as ``"es"``) inside the block; English where there is none."""
    catalogue = gettext.translation(_DOMAIN, _CATALOGUES, [code], fallback=True)
    token = _current.set(catalogue)
    try:
        yield
    finally:
        _current.reset(token)


def number(n: int) -> str:
    """A whole number as people read it: ``26,502``, with the separator of the current language."""
    return f"{n:,}".replace(",", pgettext("thousands separator", ","))


def hidden_characters(text: str) -> bool:
    """Whether a text that people will read holds characters that are not seen, or that reorder it [02.9]."""
    return _HIDDEN.search(text) is not None
