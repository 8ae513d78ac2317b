"""The typed face of the group: what it accepts, what it says when it refuses, what it never shows."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import pytest

from quorate import group
from quorate.group import GENERATOR, Element, FixedBase, L, Points, Scalar


def test_the_order_is_the_order() -> None:
    """[01.1] L is what the native module reduces by, and the order of G."""
    assert L == 2**252 + 27742317777372353535851937790883648493
    assert Scalar.from_wide_bytes(L.to_bytes(64, "little")).is_zero()
    assert (Scalar.from_int(L - 1) * GENERATOR + GENERATOR).is_identity()


def test_the_generator_is_the_generator() -> None:
    """[01.2]"""
    assert GENERATOR.to_bytes().hex() == "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
    assert group.base_mul(Scalar.one()) == GENERATOR == Element.generator()


def test_a_scalar_shows_nothing() -> None:
    """[01.8] A secret leaves no trace in a traceback, a log line or a dictionary."""
    secret = Scalar.from_int(1234567890)
    assert repr(secret) == str(secret) == f"{secret}" == "Scalar(...)"
    with pytest.raises(TypeError, match="unhashable"):
        hash(secret)
    with pytest.raises(AttributeError):
        secret.note = "x"  # type: ignore[attr-defined]  # that it cannot be set is the point


@pytest.mark.parametrize("value", [-1, L, L + 1, 2**256, -(2**300)])
def test_integers_are_never_reduced_silently(value: int) -> None:
    """[01.4]"""
    with pytest.raises(ValueError, match="from 0 to the group order less one"):
        Scalar.from_int(value)


def test_zero_has_no_inverse() -> None:
    with pytest.raises(ValueError, match="no inverse"):
        Scalar.zero().invert()


def test_the_identity_decodes_and_is_refused_on_request() -> None:
    """[01.6]"""
    assert Element.from_canonical_bytes(bytes(32)).is_identity()
    assert not GENERATOR.is_identity()
    row = GENERATOR.to_bytes() + bytes(32)
    assert len(Points.from_canonical_bytes(row)) == 2
    with pytest.raises(group.PointDecodeError, match="element 1 is the identity") as refused:
        Points.from_canonical_bytes(row, refuse_identity=True)
    assert refused.value.index == 1
    assert isinstance(refused.value, ValueError)


def test_elements_are_values() -> None:
    other = Element.from_canonical_bytes(GENERATOR.to_bytes())
    assert {GENERATOR: "generator"}[other] == "generator"
    assert repr(GENERATOR) == "Element(e2f2ae0a6abc...)"
    assert GENERATOR != Element.identity()
    assert GENERATOR != "e2f2ae0a"


def test_wrong_types_are_type_errors() -> None:
    two = Scalar.from_int(2)
    for wrong in (
        lambda: two * 2,  # type: ignore[operator]  # refused by the types too
        lambda: GENERATOR + two,  # type: ignore[operator]
        lambda: GENERATOR * two,  # type: ignore[operator]
        lambda: two + 1,  # type: ignore[operator]
        lambda: Element.from_canonical_bytes("e2" * 32),  # type: ignore[arg-type]
        lambda: Scalar.from_int(1.0),  # type: ignore[arg-type]
        lambda: Scalar(),
        lambda: Points(),
    ):
        with pytest.raises(TypeError):
            wrong()


def test_a_fixed_base_is_an_element() -> None:
    base = FixedBase(GENERATOR + GENERATOR)
    assert isinstance(base, Element)
    assert base == GENERATOR + GENERATOR
    assert base.mul(Scalar.from_int(3)) == Scalar.from_int(6) * GENERATOR
    assert Scalar.from_int(3) * base == base.mul(Scalar.from_int(3))


def test_points_pick_and_join() -> None:
    row = [group.base_mul(Scalar.from_int(n)) for n in range(1, 6)]
    points = Points.from_elements(row)
    assert len(points) == 5
    assert points.get(4) == row[4]
    assert points.take([4, 0, 0]).sum() == row[4] + row[0] + row[0]
    assert Points.concat([points, points.take([1])]).sum() == points.sum() + row[1]
    assert group.compress_many(row) == b"".join(p.to_bytes() for p in row)
    with pytest.raises(IndexError, match="no element 5 among 5"):
        points.get(5)
    with pytest.raises(IndexError, match="no element 9 among 5"):
        points.take([0, 9])


def test_nothing_sums_to_the_identity() -> None:
    """[01.6] A computed sum may be the identity; no ballots make no error."""
    none = Points.from_canonical_bytes(b"")
    assert len(none) == 0
    assert none.sum().is_identity()
    assert none.sum_stride(1, 2).is_identity()
    assert none.msm_vartime(b"").is_identity()


@pytest.mark.parametrize(
    ("scalars", "says"),
    [
        (b"", "0 scalars for 2 elements"),
        (bytes(96), "3 scalars for 2 elements"),
        (bytes(65), "multiple of 32"),
    ],
)
def test_counts_must_match(scalars: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Points.from_elements([GENERATOR, GENERATOR]).msm_vartime(scalars)


def test_a_step_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Points.from_elements([GENERATOR]).sum_stride(0, 0)


def ticks_during(work: Callable[[], object]) -> int:
    """How often another thread ran while ``work`` did; neither is made to give way, each only offers."""
    working, ticks = True, 0
    began = threading.Event()

    def tick() -> None:
        nonlocal ticks
        began.set()
        while working:
            ticks += 1
            time.sleep(0)

    interval = sys.getswitchinterval()
    watcher = threading.Thread(target=tick)
    sys.setswitchinterval(60)
    try:
        watcher.start()
        began.wait()
        before = ticks
        work()
        during = ticks - before
        working = False
        watcher.join()
    finally:
        sys.setswitchinterval(interval)
    return during


def test_heavy_work_lets_other_threads_run() -> None:
    """Decoding, products and sums release the interpreter; the first line shows that the test can tell.

    A busy machine may not run the other thread at once, hence the repeats.
    """
    assert not any(ticks_during(lambda: pow(3, 2**20_000, 2**521 - 1)) for _ in range(5))
    data = group.compress_many([GENERATOR]) * 5_000
    points = Points.from_canonical_bytes(data)
    weights = Scalar.from_int(L - 1).to_bytes() * 5_000
    assert any(ticks_during(lambda: Points.from_canonical_bytes(data)) for _ in range(50))
    assert any(ticks_during(lambda: points.msm_vartime(weights)) for _ in range(50))
    assert any(ticks_during(points.sum) for _ in range(500))
