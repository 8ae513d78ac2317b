"""Trees and proofs against the recursive definitions of RFC 9162, and parsers that give back their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quorate.board.checkpoint import Checkpoint
from quorate.board.consistency import prove_consistency, verify_consistency
from quorate.board.errors import Malformed, ProofRefused
from quorate.board.inclusion import inclusion_length, prove_inclusion, verify_inclusion
from quorate.board.keys import LogSigner, VerifierKey
from quorate.board.note import Note, NoteSignature, decode_base64, decode_decimal
from quorate.board.proof import Receipt
from quorate.board.tree import Frontier, Node, leaf_hash, root_of, stored_count, stored_position

LEAVES = [leaf_hash(b"entry %d" % number) for number in range(130)]
SIZES = st.integers(1, len(LEAVES))


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, on leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


class Stored:
    """The stored hashes of a tree, read as a store would read them."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.hashes = Frontier().extend(leaves)

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        return [self.hashes[stored_position(node)] for node in nodes]


READER = Stored(LEAVES)


@given(st.integers(0, len(LEAVES)), st.integers(0, len(LEAVES)))
def test_a_tree_grown_in_parts_has_the_root_of_the_definition(size: int, cut: int) -> None:
    """[08.1]"""
    frontier = Frontier()
    frontier.extend(LEAVES[: min(size, cut)])
    resumed = Frontier.of_peaks(frontier.size, frontier.peaks)
    for leaf in LEAVES[min(size, cut) : size]:
        resumed.append(leaf)
    assert resumed.size == size
    assert resumed.root() == root_of(LEAVES[:size]) == mth(LEAVES[:size])


@given(st.integers(0, 7), st.integers(0, len(LEAVES) - 1))
def test_every_stored_hash_is_where_its_position_says(level: int, number: int) -> None:
    """[08.24] One sequence holds all complete subtrees."""
    first, last = number << level, (number + 1) << level
    assume(last <= len(LEAVES))
    assert READER.read_hashes([Node(level, number)]) == [mth(LEAVES[first:last])]
    assert len(READER.hashes) == stored_count(len(LEAVES))


@given(SIZES, st.data())
def test_inclusion_proofs_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    """[08.3]"""
    index = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(READER, index, size)
    assert proof == path(index, LEAVES[:size])
    assert len(proof) == inclusion_length(index, size)
    verify_inclusion(LEAVES[index], index, size, proof, mth(LEAVES[:size]))


@given(SIZES, st.data())
def test_consistency_proofs_are_those_of_the_definition(new: int, data: st.DataObject) -> None:
    """[08.4]"""
    old = data.draw(st.integers(1, new))
    proof = prove_consistency(READER, old, new)
    assert proof == subproof(old, LEAVES[:new], True)
    verify_consistency(old, new, mth(LEAVES[:old]), mth(LEAVES[:new]), proof)


def altered(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    """Another proof: one bit flipped, one hash left out, repeated, added, or two swapped."""
    kind = data.draw(st.sampled_from(["flip", "drop", "repeat", "add", "swap"]))
    result = list(proof)
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if kind == "add" or not proof:
        result.insert(at, data.draw(st.sampled_from(LEAVES)))
    elif kind == "flip":
        flipped = bytearray(result[at])
        flipped[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
        result[at] = bytes(flipped)
    elif kind == "drop":
        del result[at]
    elif kind == "repeat":
        result.insert(at, result[at])
    else:
        result[at], result[-1] = result[-1], result[at]
    assume(result != proof)
    return result


@given(SIZES, st.data())
def test_an_altered_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    """[08.3]"""
    index = data.draw(st.integers(0, size - 1))
    proof, root = prove_inclusion(READER, index, size), mth(LEAVES[:size])
    with pytest.raises(ProofRefused):
        verify_inclusion(LEAVES[index], index, size, altered(data, proof), root)
    other = data.draw(st.integers(-1, size))
    assume(other != index)
    with pytest.raises(ProofRefused):
        verify_inclusion(LEAVES[index], other, size, proof, root)


@given(SIZES, st.data())
def test_an_altered_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    """[08.4]"""
    old = data.draw(st.integers(0, new))
    proof = prove_consistency(READER, old, new)
    old_root, new_root = mth(LEAVES[:old]), mth(LEAVES[:new])
    with pytest.raises(ProofRefused):
        verify_consistency(old, new, old_root, new_root, altered(data, proof))


@given(st.data())
def test_proofs_of_what_is_not_there_cannot_be_made(data: st.DataObject) -> None:
    """[08.3] [08.4]"""
    size = data.draw(st.integers(0, len(LEAVES)))
    beyond = data.draw(st.one_of(st.integers(size, size + 200), st.integers(-5, -1)))
    with pytest.raises(ValueError, match="no leaf"):
        prove_inclusion(READER, beyond, size)
    with pytest.raises(ValueError, match="no consistency proof"):
        prove_consistency(READER, size + 1, size)


SIGNER = LogSigner("board.example/b", bytes(32))
TEXT = Checkpoint(origin="board.example/b", root=root_of(LEAVES), size=len(LEAVES)).text()
NOTE = Note(TEXT, (SIGNER.sign(TEXT), NoteSignature(b"abcd", "other.example", b"\0" * 64))).encode()
RECEIPT = Receipt(NOTE, tuple(prove_inclusion(READER, 77, len(LEAVES))), 77).encode()


@st.composite
def mutations(draw: st.DrawFn, original: bytes) -> bytes:
    """A few bytes replaced, inserted or removed."""
    result = bytearray(original)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(result)))
        length = draw(st.integers(0, 2))
        result[at : at + length] = draw(
            st.sampled_from([b"", b"\n", b" ", b"=", b"0", b"+", b"A", b"\xc2\xa0"])
        )
    return bytes(result)


@given(mutations(NOTE))
def test_an_accepted_note_encodes_to_the_same_bytes(data: bytes) -> None:
    """[08.5]"""
    try:
        note = Note.parse(data)
    except Malformed:
        return
    assert note.encode() == data


@given(mutations(RECEIPT))
def test_an_accepted_receipt_encodes_to_the_same_bytes(data: bytes) -> None:
    """[08.14]"""
    try:
        receipt = Receipt.parse(data)
    except Malformed:
        return
    assert receipt.encode() == data


@given(mutations(TEXT.encode()))
def test_an_accepted_checkpoint_has_the_same_text(data: bytes) -> None:
    """[08.8]"""
    try:
        checkpoint = Checkpoint.parse(data.decode(errors="replace"))
    except Malformed:
        return
    assert checkpoint.text() == data.decode()


@given(mutations(str(SIGNER.key).encode()))
def test_an_accepted_key_is_written_the_same(data: bytes) -> None:
    """[08.6]"""
    vkey = data.decode(errors="replace")
    try:
        key = VerifierKey.parse(vkey)
    except Malformed:
        return
    assert str(key) == vkey


@given(st.text(alphabet="0123456789+-_ \u0660\u00b2", max_size=22))
def test_numbers_have_one_spelling(text: str) -> None:
    """[08.8] Python's int() would take signs, underscores, spaces and other scripts' digits."""
    try:
        number = decode_decimal(text)
    except Malformed:
        return
    assert str(number) == text
    assert 0 <= number < 1 << 63


@given(st.text(alphabet="AQg=+/-_ \n", max_size=9))
def test_base64_has_one_spelling(text: str) -> None:
    """[08.5]"""
    try:
        data = decode_base64(text)
    except Malformed:
        return
    assert len(text) == -(-len(data) // 3) * 4
