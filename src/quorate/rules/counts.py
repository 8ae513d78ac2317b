"""The figures that a decision rests on, and what makes them impossible."""

from __future__ import annotations

from typing import Final

import msgspec

from quorate.text import _, number

MOST: Final = 2**32 - 1
"""No count is larger: the tally of a ballot cannot exceed it either."""

PARTS: Final = ("abstain", "blank", "no", "spoiled", "yes")
"""The five kinds of ballot; every ballot cast is exactly one of them."""


class CountsError(ValueError):
    """The figures cannot all be true; the message names them."""


class Counts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The published figures of one question. ``None`` means "not known", never zero.

    ``cast`` counts the ballots returned by entitled voters, one for each voter: yes, no, abstain, blank
    and spoiled, and nothing else. ``challenged`` ballots are set apart until they are resolved: they are
    in none of the other figures. ``present`` counts the members present at a meeting, ``notice`` says
    whether notice of the motion was given. Raises :class:`CountsError` for impossible figures.
    """

    abstain: int | None = None
    blank: int | None = None
    cast: int | None = None
    challenged: int = 0
    eligible: int | None = None
    no: int | None = None
    notice: bool | None = None
    present: int | None = None
    spoiled: int | None = None
    yes: int | None = None

    def __post_init__(self) -> None:
        for name in (*PARTS, "cast", "challenged", "eligible", "present"):
            figure = getattr(self, name)
            if figure is not None and not 0 <= figure <= MOST:
                raise CountsError(
                    _("{name} is {figure}; a count is a whole number from 0 to {most}").format(
                        name=name, figure=figure, most=number(MOST)
                    )
                )
        known = {name: getattr(self, name) for name in PARTS if getattr(self, name) is not None}
        total = sum(known.values())
        if self.cast is not None and total > self.cast:
            raise CountsError(
                _("{sum} ballots, but only {cast} were cast").format(
                    sum=_spelled(known), cast=number(self.cast)
                )
            )
        if self.cast is not None and len(known) == len(PARTS) and total < self.cast:
            raise CountsError(
                _("{sum} ballots, but {cast} were cast: {missing} are not accounted for").format(
                    sum=_spelled(known), cast=number(self.cast), missing=number(self.cast - total)
                )
            )
        if self.eligible is None:
            return
        if self.cast is not None and self.cast > self.eligible:
            raise CountsError(
                _("{cast} ballots were cast, but only {eligible} members are eligible").format(
                    cast=number(self.cast), eligible=number(self.eligible)
                )
            )
        if total > self.eligible:
            raise CountsError(
                _("{sum} ballots, but only {eligible} members are eligible").format(
                    sum=_spelled(known), eligible=number(self.eligible)
                )
            )
        if self.present is not None and self.present > self.eligible:
            raise CountsError(
                _("{present} members were present, but only {eligible} are eligible").format(
                    present=number(self.present), eligible=number(self.eligible)
                )
            )

    def completed(self) -> Counts:
        """The same figures, with those filled in that follow from ``cast`` being the sum of its parts.

        Arithmetic only: a missing ``cast`` is the sum of five known parts; when the known parts already
        make up ``cast``, the others are zero; a single unknown part is what is left of ``cast``.
        """
        known = {name: getattr(self, name) for name in PARTS if getattr(self, name) is not None}
        unknown = [name for name in PARTS if name not in known]
        if self.cast is None:
            return self if unknown else msgspec.structs.replace(self, cast=sum(known.values()))
        rest = self.cast - sum(known.values())
        if rest == 0 or len(unknown) == 1:
            return msgspec.structs.replace(self, **dict.fromkeys(unknown, rest))
        return self


def _spelled(known: dict[str, int]) -> str:
    """``600 yes + 500 no = 1,100``: the parts in the order people say them."""
    order = ("yes", "no", "abstain", "blank", "spoiled")
    parts = [f"{number(known[name])} {name}" for name in order if known.get(name)]
    total = number(sum(known.values()))
    return f"{' + '.join(parts)} = {total}" if len(parts) > 1 else " ".join(parts) or total
