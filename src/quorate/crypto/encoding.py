"""How a choice becomes integers to encrypt, and totals become counts (docs/protocol/05-value-set-proof.md).

An encoding knows the number of outcomes, not their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from quorate.crypto.value_set import Shape

SHIFT = 2**32  # the weight of the second outcome in a three-outcome question [05.7]
_BIT = (0, 1)


@dataclass(frozen=True)
class Encoding:
    """The exact shape of an answer [05.10]: one proof shape for each proof, over `places` ciphertexts.

    `options` counts the outcomes that can be chosen, without a blank one; `minimum` and `maximum` are None
    for single choice. Raises ValueError for a question that cannot be asked.
    """

    options: int
    blank: bool
    minimum: int | None = None
    maximum: int | None = None

    def __post_init__(self) -> None:
        if self.options < 1 or self.outcomes < 2:
            raise ValueError("a question needs at least two outcomes")
        if (self.minimum is None) != (self.maximum is None):
            raise ValueError("give both the least and the greatest number of choices, or neither")
        least, most = self.minimum or 0, self.maximum or self.options
        if not 0 <= least <= most <= self.options or self.maximum == 0:
            raise ValueError("the number of choices does not fit the options")
        if self.options > 1000:
            raise ValueError("a question has at most 1,000 options")

    @property
    def outcomes(self) -> int:
        """Options, and one more for blank."""
        return self.options + self.blank

    @property
    def single(self) -> bool:
        """Whether exactly one outcome is chosen."""
        return self.minimum is None

    @cached_property
    def places(self) -> int:
        """The number of ciphertexts in an answer."""
        if self.single:
            return 1 if self.outcomes <= 3 else self.outcomes - 1
        return self.outcomes

    @cached_property
    def proofs(self) -> tuple[Shape, ...]:
        """The proofs of an answer in order [05.7], [05.8], [05.9]."""
        if self.single and self.outcomes <= 3:
            return (Shape((1,), _BIT if self.outcomes == 2 else (0, 1, SHIFT)),)
        places = self.places
        bits = tuple(Shape(tuple(int(i == j) for j in range(places)), _BIT) for i in range(places))
        if self.minimum is None or self.maximum is None:
            return (*bits, Shape((1,) * places, _BIT))
        k = self.options
        values = tuple(range(self.minimum, self.maximum + 1))
        if self.blank:
            return (*bits, Shape((1,) * k + (k + 1,), (*values, k + 1)))
        return (*bits, Shape((1,) * k, values))

    def plaintexts(self, chosen: Sequence[int]) -> tuple[int, ...]:
        """The integers to encrypt for the chosen outcomes (indices; blank is the last outcome).

        Raises ValueError for a choice that the question does not allow.
        """
        picked = sorted(set(chosen))
        if len(picked) != len(chosen) or any(not 0 <= i < self.outcomes for i in picked):
            raise ValueError("the choice names an outcome twice or one that does not exist")
        if self.single:
            if len(picked) != 1:
                raise ValueError("choose exactly one outcome")
            index = picked[0]
            if self.outcomes == 2:
                return (1 - index,)
            if self.outcomes == 3:
                return ((1, SHIFT, 0)[index],)
            return tuple(int(i == index) for i in range(self.places))
        blank = self.blank and self.options in picked
        if blank and len(picked) > 1:
            raise ValueError("a blank answer chooses nothing else")
        if not blank and not (self.minimum or 0) <= len(picked) <= (self.maximum or 0):
            raise ValueError(f"choose from {self.minimum} to {self.maximum} options")
        return tuple(int(i in picked) for i in range(self.places))

    def total(self, counts: Sequence[int], place: int) -> int:
        """The total that the counts of the outcomes give at one ciphertext place [09.6]."""
        if self.single and self.outcomes == 3:
            return counts[0] + counts[1] * SHIFT
        return counts[place]

    def counts(self, totals: Sequence[int], counted: int) -> tuple[int, ...]:
        """Counts of the outcomes from the totals of `counted` ballots [09.7].

        Raises ValueError when they are not possible counts of that many ballots.
        """
        if len(totals) != self.places:
            raise ValueError(f"a result of this question has {self.places} totals, not {len(totals)}")
        if not 0 <= counted < SHIFT or any(total < 0 for total in totals):
            raise ValueError("a total is out of range")
        if self.single:
            first = (totals[0] % SHIFT, totals[0] // SHIFT) if self.outcomes == 3 else tuple(totals)
            rest = counted - sum(first)
            if rest < 0:
                raise ValueError("the totals add up to more than the ballots counted")
            return (*first, rest)
        if any(total > counted for total in totals):
            raise ValueError("a total is more than the ballots counted")
        blanks = totals[-1] if self.blank else 0
        chosen, valid = sum(totals[: self.options]), counted - blanks
        if not (self.minimum or 0) * valid <= chosen <= (self.maximum or 0) * valid:
            raise ValueError("the totals do not fit the number of choices allowed")
        return tuple(totals)
