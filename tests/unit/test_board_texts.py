"""Keys, notes, checkpoints and policies: what the vectors do not show."""

from __future__ import annotations

import pytest

from quorate.board.checkpoint import (
    NO_WITNESSES,
    Checkpoint,
    WitnessPolicy,
    open_checkpoint,
)
from quorate.board.errors import Malformed, QuorumMissing, SignatureRefused
from quorate.board.keys import MAX_TIME, LogSigner, VerifierKey, WitnessSigner
from quorate.board.note import MAX_NOTE_SIZE, Note, NoteSignature
from quorate.board.tree import EMPTY_ROOT, Frontier, leaf_hash, root_of

LOG = LogSigner("board.example/b", bytes(range(32)))
WITNESSES = [WitnessSigner(f"w{number}.example", bytes([number]) * 32) for number in range(1, 6)]


def policy(quorum: int, count: int) -> WitnessPolicy:
    return WitnessPolicy(quorum=quorum, witnesses=tuple(str(w.key) for w in WITNESSES[:count]))


def signed_text() -> str:
    return Checkpoint(origin="board.example/b", root=root_of([leaf_hash(b"a")]), size=1).text()


def test_frontier_keeps_what_makes_a_tree() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    frontier.extend(leaf_hash(b"%d" % number) for number in range(11))
    assert len(frontier.peaks) == 3  # 8 + 2 + 1
    copy = frontier.copy()
    copy.append(leaf_hash(b"11"))
    assert (frontier.size, copy.size) == (11, 12)
    assert frontier.root() != copy.root()
    for size, peaks in ((-1, ()), (11, frontier.peaks[:2]), (1, (b"short",))):
        with pytest.raises(ValueError, match="peaks"):
            Frontier.of_peaks(size, peaks)


def test_secrets_do_not_show() -> None:
    """Neither the seed nor the private key stands in a repr."""
    seed = bytes(range(32))
    for signer in (LogSigner("a", seed), WitnessSigner("a", seed)):
        shown = f"{signer!r} {signer}"
        assert str(signer.key) in shown
        assert seed.hex() not in shown
        assert "secret" in shown


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32"):
        LogSigner("a", bytes(31))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00b", "a\u0085b"])
def test_bad_key_names_are_refused(name: str) -> None:
    """[08.5]"""
    with pytest.raises(Malformed, match="cannot name a key"):
        LogSigner(name, bytes(32))


@pytest.mark.parametrize("time", [0, -1, MAX_TIME + 1])
def test_a_witness_does_not_sign_an_impossible_time(time: int) -> None:
    """[08.11]"""
    with pytest.raises(ValueError, match="time"):
        WITNESSES[0].cosign(signed_text(), time)


def test_a_key_does_not_verify_a_line_of_another_key() -> None:
    """[08.7] Even when the signature itself would fit: the name and key ID are what a reader goes by."""
    text = signed_text()
    line = LOG.sign(text)
    LOG.key.verify(text, line)
    with pytest.raises(SignatureRefused):
        LOG.key.verify(text, NoteSignature(line.key_id, "other.example", line.signature))
    with pytest.raises(SignatureRefused):
        LOG.key.verify(text, NoteSignature(b"0000", line.name, line.signature))


def test_the_same_key_bytes_do_not_serve_two_kinds() -> None:
    """[08.6] A log's signature is no cosignature, though the key were the same."""
    witness = WitnessSigner("board.example/b", bytes(range(32)))
    assert witness.key.public_key == LOG.key.public_key
    assert witness.key.key_id != LOG.key.key_id
    text = signed_text()
    log_line = LOG.sign(text)
    relabelled = NoteSignature(witness.key.key_id, log_line.name, bytes(7) + b"\1" + log_line.signature)
    with pytest.raises(SignatureRefused):
        witness.key.verify(text, relabelled)


def test_a_note_of_a_megabyte_is_not_read() -> None:
    """[08.5]"""
    with pytest.raises(Malformed, match="too long"):
        Note.parse(b"a" * (MAX_NOTE_SIZE + 1))


@pytest.mark.parametrize(
    ("quorum", "count", "tolerated"),
    [(1, 1, 0), (2, 2, 1), (2, 3, 0), (3, 3, 2), (3, 5, 0), (4, 5, 2), (5, 5, 4)],
)
def test_how_many_dishonest_witnesses_a_policy_bears(quorum: int, count: int, tolerated: int) -> None:
    """[08.13] Fewer than 2k - n; all but one if all must sign."""
    assert policy(quorum, count).tolerated == tolerated
    # Two quorums share at least 2k - n witnesses: one more than may be dishonest.
    assert 2 * quorum - count == tolerated + 1


@pytest.mark.parametrize(("quorum", "count"), [(0, 1), (-1, 0), (1, 0), (1, 2), (2, 4), (6, 5)])
def test_policies_that_protect_nobody_are_refused(quorum: int, count: int) -> None:
    """[08.12]"""
    with pytest.raises(Malformed, match="quorum"):
        policy(quorum, count)


def test_a_policy_names_each_witness_once() -> None:
    """[08.12] Neither the name nor the key may come twice."""
    one, two = (str(w.key) for w in WITNESSES[:2])
    same_key = str(WitnessSigner("other.example", bytes([1]) * 32).key)
    same_name = str(WitnessSigner("w1.example", bytes([9]) * 32).key)
    for vkeys in ((one, two, two), (one, two, same_key), (one, two, same_name)):
        with pytest.raises(Malformed, match="twice"):
            WitnessPolicy(quorum=2, witnesses=vkeys)
    with pytest.raises(Malformed, match="not the key of a witness"):
        WitnessPolicy(quorum=1, witnesses=(str(LOG.key),))


def test_a_log_does_not_witness_itself() -> None:
    """[08.12]"""
    own_key = WitnessSigner("other.example", bytes(range(32)))
    own_name = WitnessSigner("board.example/b", bytes([7]) * 32)
    note = Note(signed_text(), (LOG.sign(signed_text()),)).encode()
    for witness in (own_key, own_name):
        with pytest.raises(Malformed, match="its own witness"):
            open_checkpoint(note, LOG.key, WitnessPolicy(quorum=1, witnesses=(str(witness.key),)))
    with pytest.raises(Malformed, match="not the key of a log"):
        open_checkpoint(note, WITNESSES[0].key, NO_WITNESSES)


def test_all_times_are_kept_in_order() -> None:
    """[08.13]"""
    text = signed_text()
    times = (1_700_000_300, 1_700_000_100, 1_700_000_200)
    lines = [w.cosign(text, time) for w, time in zip(WITNESSES, times, strict=False)]
    note = Note(text, (LOG.sign(text), *lines)).encode()
    opened = open_checkpoint(note, LOG.key, policy(2, 3))
    assert opened.require_quorum() == tuple(sorted(times))
    assert [(c.witness, c.time) for c in opened.cosignatures] == [
        (f"w{number}.example", time) for number, time in enumerate(times, 1)
    ]


def test_a_missing_quorum_says_how_many_are_missing() -> None:
    """[08.13]"""
    text = signed_text()
    note = Note(text, (LOG.sign(text), WITNESSES[0].cosign(text, 1))).encode()
    opened = open_checkpoint(note, LOG.key, policy(2, 3))
    assert not opened.has_quorum
    with pytest.raises(QuorumMissing, match="size 1 has 1 of the 2"):
        opened.require_quorum()


def test_keys_are_read_once() -> None:
    """A policy of the manifest is used for every checkpoint; its keys are parsed when first needed."""
    three = policy(2, 3)
    assert three.keys is three.keys
    assert all(isinstance(key, VerifierKey) for key in three.keys)
