"""K6, share index 0 modulo L, and repeated indices (tss-lib).

Attacker: a teller, or whoever numbers the tellers. Wish: be teller 0 (or L), whose share f(0) is the whole
secret; or be two tellers at once, so that fewer people reach the threshold. Stopped by: indices 1..n, each
once [06.1].
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from quorate.crypto.ceremony import complaint, round1
from quorate.crypto.ceremony.conclusion import conclude
from quorate.crypto.ceremony.context import ContextError
from quorate.crypto.ceremony.polynomial import evaluate
from quorate.crypto.decryption import combine, lagrange_at_zero
from quorate.group import GENERATOR, Element, L, Scalar, base_mul
from quorate.record.canonical import RecordError
from quorate.record.ceremony import read_message, write_message
from support.ceremonies import Table

BAD = [0, L, L + 1, -1, 6, 256]


def test_what_index_zero_would_give() -> None:
    """[06.13] The sum of the shares at 0 is the secret of Y: why 0 is never an index."""
    table = Table()
    secret = Scalar.zero()
    for teller in table.secrets:
        secret = secret + evaluate(teller.coefficients, 0)
    assert base_mul(secret) == table.revealed.ballot_key


@pytest.mark.parametrize("index", BAD)
def test_no_secrets_for_a_bad_index(index: int) -> None:
    """[06.1]"""
    table = Table()
    with pytest.raises(ContextError, match="the indices are 1 to 5"):
        round1.derive(table.context, index, bytes(32))


@pytest.mark.parametrize("index", BAD)
def test_no_message_with_a_bad_index(index: int) -> None:
    """[06.1]"""
    table = Table()
    messages = replace(table.messages(), round1=(*table.commits, replace(table.commits[0], teller=index)))
    with pytest.raises(ContextError):
        conclude(table.context, messages)
    accused = complaint.complain(table.revealed, table.secrets[0], 2, bytes(32))
    with pytest.raises(ContextError):
        complaint.judge(table.revealed, replace(accused, dealer=index))
    line = write_message(table.context, table.commits[0])
    with pytest.raises(RecordError):
        read_message(line.replace(b'"teller":1', b'"teller":%d' % index), "round1-1.json", table.context)


@pytest.mark.parametrize(
    "indices", [(0, 1, 2), (L, 1, 2), (1, L + 1, 2), (1, 1, 2), (1, 2, 256), (), (-1, 1)]
)
def test_no_interpolation_with_bad_or_repeated_indices(indices: tuple[int, ...]) -> None:
    """[09.5] L is 0 and L + 1 is 1 modulo L: they are refused as integers, before any arithmetic."""
    with pytest.raises(ValueError, match="indices|index"):
        lagrange_at_zero(indices)
    if indices and len(set(indices)) == len(indices):
        with pytest.raises(ValueError, match="indices"):
            combine(Element.identity(), dict.fromkeys(indices, GENERATOR))
