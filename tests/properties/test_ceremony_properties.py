"""Ceremonies of every size: any t tellers decrypt, fewer do not; the public file says what happened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.crypto.ceremony.conclusion import conclude
from quorate.crypto.ceremony.polynomial import evaluate, evaluate_committed
from quorate.crypto.decryption import TallyContext, combine, lagrange_at_zero, partial_decrypt, verify_partial
from quorate.group import GENERATOR, Element, Scalar, base_mul
from quorate.record.ceremony import check_ceremony, read_ceremony, write_complete
from support.ceremonies import Table

sizes = st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))


@settings(max_examples=15)
@given(size=sizes, seed=st.text(max_size=5), total=st.integers(0, 2**40), data=st.data())
def test_any_threshold_of_tellers_decrypts(
    size: tuple[int, int], seed: str, total: int, data: st.DataObject
) -> None:
    """[06.13] [09.3] [09.5]"""
    n, t = size
    table = Table([f"Teller {i}" for i in range(n)], t, seed)
    verified = conclude(table.context, table.messages())
    r = Scalar.from_int(data.draw(st.integers(1, 2**250)))
    a, b = base_mul(r), r * verified.ballot_key + base_mul(Scalar.from_int(total))
    tellers = data.draw(st.lists(st.integers(1, n), min_size=1, max_size=n, unique=True))
    partials: dict[int, Element] = {}
    for teller in tellers:
        context = TallyContext(bytes(32), 1, bytes(32), teller)
        d, proof = partial_decrypt(context, table.keys[teller - 1].share, a, b, 0, 0, 0, bytes(32))
        partials[teller] = verify_partial(
            context, verified.verification_keys[teller - 1], a, b, 0, 0, 0, d, proof
        )
    assert (combine(b, partials) == base_mul(Scalar.from_int(total))) == (len(tellers) >= t)


@settings(max_examples=10)
@given(size=sizes, seed=st.text(max_size=5))
def test_the_public_file_is_the_ceremony(size: tuple[int, int], seed: str) -> None:
    """[06.21]"""
    table = Table([f"Teller {i}" for i in range(size[0])], size[1], seed)
    line = write_complete(table.context, table.messages())
    assert read_ceremony(line, "ceremony.json").messages == table.messages()
    assert check_ceremony(line) == conclude(table.context, table.messages())


scalars = st.integers(0, 2**252).map(Scalar.from_int)


@given(coefficients=st.lists(scalars, min_size=1, max_size=5), teller=st.integers(1, 255))
def test_polynomials_in_the_clear_and_committed_agree(coefficients: list[Scalar], teller: int) -> None:
    """[06.13]"""
    value = evaluate(coefficients, teller)
    x, power, total = Scalar.from_int(teller), Scalar.one(), Scalar.zero()
    for coefficient in coefficients:
        total, power = total + coefficient * power, power * x
    assert value == total
    assert base_mul(value) == evaluate_committed([base_mul(a) for a in coefficients], teller)


@given(
    coefficients=st.lists(scalars, min_size=1, max_size=5),
    indices=st.lists(st.integers(1, 255), min_size=5, max_size=8, unique=True),
)
def test_interpolation_finds_the_constant_term(coefficients: list[Scalar], indices: list[int]) -> None:
    """[09.5]"""
    total = Scalar.zero()
    for index, weight in lagrange_at_zero(indices).items():
        total = total + weight * evaluate(coefficients, index)
    assert total == coefficients[0]
    assert combine(GENERATOR, dict.fromkeys(indices, Element.identity())) == GENERATOR
