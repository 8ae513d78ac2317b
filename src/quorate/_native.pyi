"""ristretto255 (RFC 9496) in Rust, over curve25519-dalek. Import it through ``quorate.group`` only.

Constant time [01.8] unless the name says ``vartime`` or the class is ``Points``: those are for public data.
"""

from collections.abc import Sequence
from typing import final, overload

from typing_extensions import disjoint_base

__all__ = [
    "Element",
    "FixedBase",
    "PointDecodeError",
    "Points",
    "Scalar",
    "ScalarDecodeError",
    "base_mul",
    "compress_many",
]

class PointDecodeError(ValueError):
    """A row of ``Points.from_canonical_bytes`` is not an element, or is the identity where refused."""

    index: int
    """Position of the first bad row, from 0."""

class ScalarDecodeError(ValueError):
    """A row of the scalars of ``Points.msm_vartime`` is not below L."""

    index: int
    """Position of the first bad row, from 0."""

@final
class Scalar:
    """An integer modulo L; perhaps a secret: the repr is redacted, the memory is zeroed on release.

    Immutable and unhashable. What ``to_bytes`` and ``to_int`` return is the caller's to guard.
    """

    @staticmethod
    def from_canonical_bytes(data: bytes) -> Scalar:
        """32 bytes, little-endian, below L [01.4]; ``ValueError`` for anything else."""

    @staticmethod
    def from_wide_bytes(data: bytes) -> Scalar:
        """64 uniform bytes, little-endian, reduced modulo L [01.5]; ``ValueError`` for another length."""

    @staticmethod
    def from_int(value: int) -> Scalar:
        """``ValueError`` unless 0 <= value < L: nothing is reduced silently."""

    @staticmethod
    def zero() -> Scalar: ...
    @staticmethod
    def one() -> Scalar: ...
    def to_bytes(self) -> bytes:
        """32 bytes, little-endian: the canonical encoding."""

    def to_int(self) -> int:
        """The integer from 0 to L - 1."""

    def is_zero(self) -> bool: ...
    def invert(self) -> Scalar:
        """The multiplicative inverse; ``ValueError`` for zero."""

    def __add__(self, other: Scalar, /) -> Scalar: ...
    def __sub__(self, other: Scalar, /) -> Scalar: ...
    @overload
    def __mul__(self, other: Scalar, /) -> Scalar: ...
    @overload
    def __mul__(self, other: Element, /) -> Element: ...
    def __neg__(self) -> Scalar: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: None  # type: ignore[assignment]  # a secret is no dictionary key; typeshed spells it the same way

@disjoint_base
class Element:
    """An element of the group, written additively. Immutable, hashable by its encoding."""

    @staticmethod
    def from_canonical_bytes(data: bytes) -> Element:
        """32 bytes, decoded as RFC 9496 section 4.3.1 says [01.3]; the identity decodes too.

        ``ValueError`` for another length and for every encoding that is not the canonical one.
        """

    @staticmethod
    def from_uniform_bytes(data: bytes) -> Element:
        """64 uniform bytes to an element, RFC 9496 section 4.3.4 [01.7]; ``ValueError`` for other lengths."""

    @staticmethod
    def identity() -> Element: ...
    @staticmethod
    def generator() -> Element: ...
    def to_bytes(self) -> bytes:
        """The canonical 32 bytes."""

    def is_identity(self) -> bool: ...
    def __add__(self, other: Element, /) -> Element: ...
    def __sub__(self, other: Element, /) -> Element: ...
    def __neg__(self) -> Element: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class FixedBase(Element):
    """An element with a table of its multiples (30 kB, 1 ms to make): it pays from 65 products on."""

    def __new__(cls, element: Element, /) -> FixedBase: ...
    def mul(self, scalar: Scalar, /) -> Element:
        """scalar * self, in constant time, faster than ``scalar * element``."""

@final
class Points:
    """Many public elements, decoded once, in order. Not constant time: never for secrets."""

    @staticmethod
    def from_canonical_bytes(data: bytes, *, refuse_identity: bool = False) -> Points:
        """n * 32 bytes to n elements [01.3].

        ``PointDecodeError`` names the first row that is not an element, or, with ``refuse_identity``,
        is the identity [01.6]. ``ValueError`` when the length is not a multiple of 32.
        """

    @staticmethod
    def from_elements(elements: Sequence[Element]) -> Points: ...
    @staticmethod
    def concat(parts: Sequence[Points]) -> Points:
        """All elements of all parts, in order."""

    def take(self, indices: Sequence[int]) -> Points:
        """The elements at these positions, in this order, repeats allowed; ``IndexError`` beyond the end."""

    def get(self, index: int) -> Element:
        """``IndexError`` beyond the end; no negative positions."""

    def __len__(self) -> int: ...
    def msm_vartime(self, scalars: bytes) -> Element:
        """Sum of scalar * element; scalars are n * 32 canonical little-endian bytes, short ones cost less.

        ``ValueError`` when the counts differ, ``ScalarDecodeError`` for a scalar not below L.
        """

    def sum(self) -> Element:
        """The sum of all; the identity for none."""

    def sum_stride(self, start: int, step: int) -> Element:
        """The sum of elements start, start + step, ...; the identity for none; ``ValueError`` for step 0."""

def base_mul(scalar: Scalar, /) -> Element:
    """scalar * G in constant time, from the built-in table of the generator."""

def compress_many(elements: Sequence[Element], /) -> bytes:
    """The encodings of all elements, joined: n * 32 bytes."""
