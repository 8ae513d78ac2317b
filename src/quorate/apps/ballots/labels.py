"""Answers that could be taken for one another, or that are not what they look like (attack E4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from quorate.roll.signs import TextFault, check_text, tidy
from quorate.text import _

# Letters of other alphabets that are drawn like a Latin one.
_LIKE: Final = str.maketrans(
    "аеорсухіјѕһԁԛԝѵӏвнкмтьαοριυνκτεηβχγ" + "ıℓ",
    "aeopcyxijshdqwvlbhkmtbaopiuvktenbxy" + "il",
)
_DIGITS: Final = str.maketrans("015", "ols")
_SILENT: Final = ("Cf", "Mn")


class LabelProblem(ValueError):
    """A label is refused; the message names it and says what to do."""


def clean_label(label: str) -> str:
    """The label with single spaces; LabelProblem for hidden, reordering, styled or mixed letters."""
    label = tidy(label)
    try:
        check_text(label)
    except TextFault as fault:
        raise LabelProblem(f"“{_shown(label)}”: {fault} {fault.fix}") from fault
    return label


def check_labels(labels: Sequence[str]) -> None:
    """Return when no two of these could be taken for one another; LabelProblem names the two."""
    seen: dict[str, str] = {}
    for label in labels:
        other = seen.setdefault(skeleton(label), label)
        if other is not label:
            if other == label:
                raise LabelProblem(_("“{label}” stands there twice.").format(label=label))
            raise LabelProblem(
                _(
                    "“{one}” and “{other}” look alike. Word them so that nobody takes one for the other."
                ).format(one=other, other=label)
            )


def skeleton(label: str) -> str:
    """What a hasty reader sees: two labels that look alike give the same."""
    text = unicodedata.normalize("NFKD", label).casefold().translate(_LIKE).translate(_DIGITS)
    kept = "".join(sign for sign in text if unicodedata.category(sign) not in _SILENT)
    return "".join(sign for sign in kept if sign.isalnum()) or kept


def _shown(label: str) -> str:
    """The label with what cannot be seen written out, so that an error message is not reordered by it."""
    return "".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in label)
