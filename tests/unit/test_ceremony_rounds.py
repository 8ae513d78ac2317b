"""The rounds of a key ceremony, one honest step after the other (docs/protocol/06-key-ceremony.md)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest

from quorate.crypto.ceremony import rehearsal, round1, round2, round3
from quorate.crypto.ceremony.blame import Blame, CeremonyFailed
from quorate.crypto.ceremony.conclusion import Messages, conclude, conclude_key
from quorate.crypto.ceremony.context import Context, ContextError
from quorate.crypto.decryption import lagrange_at_zero
from quorate.crypto.fingerprint import is_spoken, spoken
from quorate.group import Element, L, Scalar, base_mul
from support.ceremonies import Table

IDS = (bytes([1]) * 32, bytes([2]) * 32)


def frame(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def item(label: str, data: bytes) -> bytes:
    return b"\x01" + frame(label.encode()) + frame(data)


def number(label: str, n: int) -> bytes:
    return b"\x03" + frame(label.encode()) + n.to_bytes(8, "big")


def items(label: str, data: list[bytes]) -> bytes:
    return b"\x02" + frame(label.encode()) + len(data).to_bytes(4, "big") + b"".join(map(frame, data))


def start(kind: str) -> bytes:
    return frame(b"quorate/1") + frame(kind.encode()) + item("suite", b"quorate/1 ristretto255 sha512")


# -- definition --


@pytest.mark.parametrize(
    ("threshold", "names"),
    [
        (0, ("Ana", "Ben")),
        (3, ("Ana", "Ben")),
        (1, ()),
        (1, tuple(f"Teller {n}" for n in range(256))),
        (1, ("Ana", "Ana")),
        (1, ("Ana", "")),
        (1, ("Ana", " Ben")),
        (1, ("Ana", "B\u0065\u0301n")),
        (1, ("Ana", "Ben\u202e")),
        (1, ("Ana", "Be\nn")),
        (1, ("Ana", "B" * 101)),
    ],
)
def test_a_definition_that_is_not_allowed(threshold: int, names: tuple[str, ...]) -> None:
    """[06.1]"""
    with pytest.raises(ContextError):
        Context(*IDS, threshold, names)


@pytest.mark.parametrize("ids", [(bytes(31), bytes(32)), (bytes(32), bytes(33))])
def test_ids_have_32_bytes(ids: tuple[bytes, bytes]) -> None:
    """[06.2]"""
    with pytest.raises(ContextError, match="32 bytes"):
        Context(*ids, 1, ("Ana",))


def test_allowed_and_not_recommended() -> None:
    """[06.1] t = 1 and t = n work, and say what they mean."""
    assert Context(*IDS, 2, ("Ana", "Ben", "Cho")).warnings() == ()
    assert "one lost key" in Context(*IDS, 2, ("Ana", "Ben")).warnings()[0]
    assert len(Context(*IDS, 1, ("Ana",)).warnings()) == 2
    for names, threshold in ((("Ana",), 1), (("Ana", "Ben"), 1), (("Ana", "Ben"), 2)):
        table = Table(names, threshold)
        assert conclude(table.context, table.messages()).threshold == threshold


def test_ctx_written_out_by_hand() -> None:
    """[06.2]"""
    context = Context(*IDS, 2, ("Ana", "Bén", "Cho"))
    expected = (
        start("ceremony-context")
        + item("ceremony_id", IDS[0])
        + item("ballot_id", IDS[1])
        + number("tellers", 3)
        + number("threshold", 2)
        + items("names", [b"Ana", "Bén".encode(), b"Cho"])
    )
    assert context.ctx == hashlib.sha256(expected).digest()


# -- secrets and messages --


def test_secrets_derived_by_hand() -> None:
    """[06.3] HKDF-SHA-512 with ctx as salt, written out with HMAC."""
    context = Context(*IDS, 2, ("Ana", "Ben", "Cho"))
    seed = bytes(range(32))
    secret = round1.derive(context, 1, seed)

    def expected(label: bytes) -> int:
        key = hmac.digest(context.ctx, seed, "sha512")
        info = frame(b"quorate/1 teller") + frame(label)
        return int.from_bytes(hmac.digest(key, info + b"\x01", "sha512"), "little") % L

    assert secret.signing.to_int() == expected(b"signing")
    assert secret.encryption.to_int() == expected(b"encryption")
    labels = (b"coefficient/0", b"coefficient/1")
    assert [a.to_int() for a in secret.coefficients] == [expected(label) for label in labels]
    with pytest.raises(ValueError, match="32 bytes"):
        round1.derive(context, 1, seed[:31])


def test_secrets_do_not_show() -> None:
    """[06.24] Nothing secret in a repr, from which it would reach a log."""
    table = Table()
    shown = repr(table.secrets) + repr(table.keys)
    for secret in (*(s.seed for s in table.secrets), *(k.share.to_bytes() for k in table.keys)):
        assert secret.hex() not in shown
        assert repr(secret) not in shown


def test_message_and_gamma_written_out_by_hand() -> None:
    """[06.4] [06.7] [06.8]"""
    table = Table(("Ana", "Ben"), 2)
    context, zero = table.context, bytes(32)
    bodies = []
    for secret, package in zip(table.secrets, table.commits, strict=True):
        keys = item("signing_key", secret.signing_key.to_bytes())
        keys += item("encryption_key", secret.encryption_key.to_bytes())
        commitment = start("teller-commitment") + item("ceremony", context.ctx)
        commitment += number("teller", secret.teller) + keys
        commitment += items("coefficients", [a.to_bytes() for a in secret.commitments])
        body = start("round-message") + item("ceremony", context.ctx) + number("round", 1)
        body += number("teller", secret.teller) + item("previous", zero) + keys
        body += item("coefficients_hash", hashlib.sha256(commitment).digest())
        assert package.body(context) == body
        bodies.append(body)

        signed = start("teller-message") + item("ceremony", context.ctx) + item("round_hash", zero)
        signed += number("teller", secret.teller) + item("signing_key", secret.signing_key.to_bytes())
        signed += item("message", hashlib.sha512(body).digest()) + item("commitment", package.signature[:32])
        e = Scalar.from_wide_bytes(hashlib.sha512(signed).digest())
        s = Scalar.from_canonical_bytes(package.signature[32:])
        assert base_mul(s) == Element.from_canonical_bytes(package.signature[:32]) + e * secret.signing_key

    gamma = start("round") + item("ceremony", context.ctx) + number("round", 1) + item("previous", zero)
    gamma += items("bodies", bodies) + items("signatures", [package.signature for package in table.commits])
    assert table.committed.gamma == hashlib.sha256(gamma).digest()


def test_fingerprint_is_160_bits_in_groups_that_people_can_read() -> None:
    """[06.8]"""
    digest = hashlib.sha256(b"").digest()
    groups = spoken(digest)
    crockford = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert groups.replace(" ", "") == base64.b32encode(digest[:20]).decode().translate(crockford)
    assert [len(group) for group in groups.split(" ")] == [4] * 8
    assert is_spoken(digest, groups.lower().replace(" ", "-"))
    assert is_spoken(digest, groups.replace("1", "l"))
    assert not is_spoken(digest, groups[:-1])
    assert not is_spoken(digest, groups[:-1] + "W")
    assert not is_spoken(digest, "")
    with pytest.raises(ValueError, match="160 bits"):
        spoken(bytes(19))


# -- rounds --


def test_a_round_needs_each_teller_exactly_once() -> None:
    """[06.1] [06.8] [06.15]"""
    table = Table()
    assert round1.gather(table.context, reversed(table.commits)).gamma == table.committed.gamma
    for some in (table.commits[:-1], [*table.commits, table.commits[0]], []):
        with pytest.raises(ValueError, match="exactly one"):
            round1.gather(table.context, some)
    with pytest.raises(ValueError, match="exactly one"):
        round2.gather(table.committed, table.reveals[1:])
    with pytest.raises(ValueError, match="exactly one"):
        round3.gather(table.revealed, table.confirms[1:])


@pytest.mark.parametrize("changed", [(), (0, 1), (0, 1, 2, 2)])
def test_exactly_t_coefficients(changed: tuple[int, ...]) -> None:
    """[06.9] A longer polynomial would need more than t tellers, a shorter one fewer."""
    table = Table()
    package = table.reveals[1]
    coefficients = tuple(package.coefficients[k] for k in changed)
    table.reveals[1] = table.resign(package, coefficients=coefficients)
    with pytest.raises(CeremonyFailed, match="coefficients instead of 3") as failed:
        round2.gather(table.committed, table.reveals)
    assert failed.value.culprits == {2}


def test_shares_are_for_the_others_in_order() -> None:
    """[06.11]"""
    table = Table()
    package = table.reveals[2]
    for shares in (package.shares[:-1], package.shares[::-1], (*package.shares[:-1], package.shares[0])):
        table.reveals[2] = table.resign(package, shares=shares)
        with pytest.raises(CeremonyFailed, match="one share to each") as failed:
            round2.gather(table.committed, table.reveals)
        assert failed.value.blames[0].clause == "06.11"


def test_all_findings_are_reported_at_once() -> None:
    """[06.18]"""
    table = Table()
    table.reveals[0] = table.resign(table.reveals[0], coefficients=())
    table.reveals[3] = table.resign(table.reveals[3], shares=())
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert failed.value.culprits == {1, 4}


def test_shares_fit_the_public_keys() -> None:
    """[06.13] x_j G = V_j, and any three shares interpolate to the secret of Y."""
    table = Table()
    for key, public in zip(table.keys, table.revealed.verification_keys, strict=True):
        assert base_mul(key.share) == public == key.verification_key
    for some in ((1, 2, 3), (2, 4, 5), (1, 3, 5)):
        secret = Scalar.zero()
        for index, weight in lagrange_at_zero(some).items():
            secret = secret + weight * table.keys[index - 1].share
        assert base_mul(secret) == table.revealed.ballot_key
    two = Scalar.zero()
    for index, weight in lagrange_at_zero((1, 2)).items():
        two = two + weight * table.keys[index - 1].share
    assert base_mul(two) != table.revealed.ballot_key


def test_the_key_is_never_the_identity() -> None:
    """[06.13] Sums may cancel although no single element is the identity."""
    table = Table(("Ana", "Ben"), 1)
    ana, ben = table.secrets
    table.secrets[1] = replace(
        ben,
        coefficients=(-ana.coefficients[0],),
        commitments=(-ana.commitments[0],),
    )
    with pytest.raises(CeremonyFailed, match="identity") as failed:
        round2.gather(table.committed, table.reveals)
    assert failed.value.culprits == set()


def test_delta_covers_both_rounds() -> None:
    """[06.12] Any change in either round, even of a signature, changes it."""
    table, other = Table(), Table()
    other.reveals[4] = round2.reveal(other.committed, other.secrets[4], bytes(32))
    assert other.committed.gamma == table.committed.gamma
    assert other.revealed.delta != table.revealed.delta
    again = Table()
    again.commits[0] = round1.commit(again.context, again.secrets[0], bytes(32))
    assert again.committed.gamma != table.committed.gamma


def test_a_teller_opens_only_its_own_ceremony() -> None:
    """[06.13] The wrong seed is noticed before a wrong share is made."""
    table = Table()
    stranger = round1.derive(table.context, 2, bytes(32))
    with pytest.raises(ValueError, match="not that of teller 2"):
        round3.open_shares(table.revealed, stranger)
    damaged = replace(table.secrets[1], coefficients=table.secrets[2].coefficients)
    with pytest.raises(ValueError, match="teller 2 revealed other coefficients"):
        round3.open_shares(table.revealed, damaged)


def test_the_key_exists_with_all_confirmations_only() -> None:
    """[06.15] [06.18]"""
    table = Table()
    messages = table.messages()
    verified = conclude(table.context, messages)
    assert verified.ballot_key == table.revealed.ballot_key
    assert verified.verification_keys == table.revealed.verification_keys
    assert verified.signing_keys == tuple(secret.signing_key for secret in table.secrets)
    assert (verified.names, verified.threshold) == (table.context.names, 3)
    for missing in range(5):
        some = tuple(c for c in table.confirms if c.teller != missing + 1)
        with pytest.raises(CeremonyFailed) as failed:
            conclude_key(table.context, replace(messages, round3=some))
        what = "it has not sent its message of round 3"
        assert failed.value.blames == (Blame.on(table.context, missing + 1, "06.18", what),)


def test_a_false_confirmation_is_named() -> None:
    """[06.14] Without the share there is no proof of it."""
    table = Table()
    table.confirms[3] = table.resign(table.confirms[3], proof=table.confirms[2].proof)
    with pytest.raises(CeremonyFailed, match="Dia") as failed:
        round3.gather(table.revealed, table.confirms)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.14", 4)]


def test_every_teller_rehearses_from_both_sources() -> None:
    """[06.20] [06.21]"""
    table = Table()
    messages = table.messages()
    for gone in table.rehearsals:
        some = tuple(r for r in table.rehearsals if r is not gone)
        with pytest.raises(CeremonyFailed, match=f"not rehearsed from source {gone.source}") as failed:
            conclude(table.context, replace(messages, rehearsals=some))
        assert failed.value.culprits == {gone.teller}


def test_a_rehearsal_with_a_wrong_share_is_named() -> None:
    """[06.20] A damaged key cannot pass."""
    table = Table()
    broken = replace(table.keys[0], share=table.keys[0].share + Scalar.one())
    bad = rehearsal.rehearse(table.revealed, broken, "stored", bytes(32))
    rehearsals = (*(r for r in table.rehearsals if (r.teller, r.source) != (1, "stored")), bad)
    with pytest.raises(CeremonyFailed, match="source stored") as failed:
        conclude(table.context, replace(table.messages(), rehearsals=rehearsals))
    assert failed.value.culprits == {1}


def test_every_rehearsal_has_its_own_point() -> None:
    """[06.20] Neither teller, source nor ceremony share a point, so no rehearsal answers for another."""
    table, other = Table(), Table(seed="another ceremony")
    points = {
        rehearsal.point(t.revealed, teller, source)
        for t in (table, other)
        for teller in (1, 2)
        for source in rehearsal.SOURCES
    }
    assert len(points) == 8


def test_a_message_of_a_teller_who_does_not_exist() -> None:
    """[06.1]"""
    table = Table()
    with pytest.raises(ContextError, match="no teller 6"):
        conclude(table.context, Messages(round1=(replace(table.commits[0], teller=6),)))
