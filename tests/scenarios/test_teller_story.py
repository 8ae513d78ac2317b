"""Five tellers, three of whom suffice, make a key with nothing but the command line and files.

A first ceremony fails, because one teller sends a bad share: it is named and the failure is published. The
second one succeeds, everybody rehearses, and a teller who loses a laptop comes back from the backup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from quorate.cli import main
from quorate.crypto.ceremony import round1, round2
from quorate.crypto.decryption import TallyContext, combine, partial_decrypt, verify_partial
from quorate.election import teller_files
from quorate.election.ceremony_folder import Folder
from quorate.election.teller import Teller
from quorate.group import Scalar, base_mul
from quorate.record.ceremony import check_ceremony
from support.ceremonies import NAMES, Table

WORDS = "five words are a passphrase"
BALLOT = bytes(range(32)).hex()
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `quorate teller ...` in the test's folder: its exit code and what it printed."""
    monkeypatch.setitem(main.COMMANDS, "teller", ("quorate.cli.teller", "Make a key together."))
    monkeypatch.setattr(teller_files, "WORK", 14)
    monkeypatch.setenv("QUORATE_TELLER_PASSPHRASE", WORDS)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main.run(["teller", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def ok(result: tuple[int, str, str]) -> str:
    code, out, err = result
    assert (code, err) == (0, ""), err
    return out


def test_the_story(teller: Run, tmp_path: Path) -> None:
    """[06.8] [06.15] [06.17] [06.18] [06.19] [06.20] [06.21] [06.23]"""
    # The officer says who makes a key, for which ballot, and that three of five suffice.
    names = [part for name in NAMES for part in ("--name", name)]
    first = ok(teller("new", "first", "--ballot-id", BALLOT, "--threshold", "3", *names))
    assert "3 of them suffice" in first
    assert BALLOT in first

    # Round 1: each teller, on a device of its own, makes a secret and sends keys.
    for i in range(1, 6):
        assert ok(teller("round1", f"laptop{i}", "first", "--teller", str(i))).endswith(
            f"Sent first/round1-{i}.json\n"
        )

    # They are on the telephone: everyone reads the same fingerprint aloud, and goes on.
    fingerprint = ok(teller("fingerprint", "first")).strip()
    assert len(fingerprint.split()) == 8
    for i in range(1, 6):
        ok(teller("round2", f"laptop{i}", "first", "--fingerprint", fingerprint.lower()))

    # Dia's device (teller 4) is broken or worse: the share for Ben does not open.
    spoil_share(tmp_path, dealer=4, recipient=2)
    for i in (1, 3, 4, 5):
        ok(teller("round3", f"laptop{i}", "first"))
    code, _, err = teller("round3", "laptop2", "first")
    assert code == 1
    assert "quorate: the shares from these tellers are bad: 4" in err
    assert ok(teller("complain", "laptop2", "first")) == "Sent first/complaint-2-about-4.json\n"
    assert teller("round3", "laptop2", "first")[0] == 1

    # Nobody has a key, everybody can see why, and no argument can change it.
    code, _, err = teller("finish", "first")
    assert (code, "teller 4 (Dia): it sent a bad share to teller 2 [06.17]" in err) == (1, True)
    assert "teller 4 (Dia): it sent a bad share to teller 2" in ok(teller("abort", "first"))
    code, _, err = teller("check", "first/aborted.json")
    assert (code, "there is no key: teller 4 (Dia)" in err) == (1, True)
    code, _, err = teller("rehearse", "laptop1", "first")
    assert (code, "start a new one with new secrets" in err) == (1, True)

    # The second ceremony. The old folders are of no use for it.
    ok(teller("new", "second", "--ballot-id", BALLOT, "--threshold", "3", *names))
    assert teller("round1", "laptop1", "second", "--teller", "1")[0] == 1
    for i in range(1, 6):
        ok(teller("round1", f"new{i}", "second", "--teller", str(i)))
    fingerprint = ok(teller("fingerprint", "second")).strip()
    for step in (("round2", ("--fingerprint", fingerprint)), ("round3", ())):
        for i in range(1, 6):
            ok(teller(step[0], f"new{i}", "second", *step[1]))
    assert "rehearsal" not in ok(teller("status", "second"))

    # Nothing is finished before everybody has opened something from the key and from the backup.
    for i in range(1, 6):
        ok(teller("backup", f"new{i}", f"stick{i}"))
        if i < 5:
            ok(teller("rehearse", f"new{i}", "second", "--backup", f"stick{i}"))
    code, _, err = teller("finish", "second")
    assert (code, "teller 5 (Eli): it has not rehearsed from source stored [06.18]" in err) == (1, True)
    ok(teller("rehearse", "new5", "second", "--backup", "stick5"))
    finished = ok(teller("finish", "second"))

    # One file says it all; anybody checks it, and the manifest names its hash.
    line = (tmp_path / "second" / "ceremony.json").read_bytes().removesuffix(b"\n")
    assert ok(teller("check", "second")) == finished
    verified = check_ceremony(line)
    assert verified.names == NAMES
    assert f"Key {verified.ballot_key.to_bytes().hex()}" in finished
    assert f"SHA-256 {hashlib.sha256(line).hexdigest()}" in finished

    # Ana loses her laptop. Her stick and the public file give the same key again.
    ok(teller("restore", "ana", "second/ceremony.json", "--backup", "stick1"))
    restored = Teller.open(tmp_path / "ana", WORDS).key()[1]
    assert restored.share == Teller.open(tmp_path / "new1", WORDS).key()[1].share
    assert base_mul(restored.share) == verified.verification_keys[0]

    # Ben and Cho lose everything. Three are left, and three suffice.
    r, total = Scalar.from_int(5678), 23_971
    a, b = base_mul(r), r * verified.ballot_key + base_mul(Scalar.from_int(total))
    partials = {}
    for i, folder in ((1, "ana"), (4, "new4"), (5, "new5")):
        key = Teller.open(tmp_path / folder, WORDS).key()[1]
        context = TallyContext(bytes(32), 24_841, bytes(32), i)
        d, proof = partial_decrypt(context, key.share, a, b, 0, 0, 0, bytes(32))
        public = verified.verification_keys[i - 1]
        partials[i] = verify_partial(context, public, a, b, 0, 0, 0, d, proof)
    assert combine(b, partials) == base_mul(Scalar.from_int(total))


def spoil_share(tmp_path: Path, dealer: int, recipient: int) -> None:
    """Replace what the dealer sent by a message with one bad share, which the dealer signed."""
    folder = Folder.read(tmp_path / "first")
    cheat = Teller.open(tmp_path / f"laptop{dealer}", WORDS)
    table = Table(folder.context.names, folder.context.threshold)
    table.context = folder.context
    table.secrets[dealer - 1] = cheat.secret
    commits = [folder.messages[f"round1-{i}.json"] for i in folder.context.indices]
    table.commits = [message for message in commits if isinstance(message, round1.Package)]
    reveals = [folder.messages[f"round2-{i}.json"] for i in folder.context.indices]
    table.reveals = [message for message in reveals if isinstance(message, round2.Package)]
    table.spoil_share(dealer, recipient, opens=False)
    for path in (folder.path, cheat.folder / "messages"):
        (path / f"round2-{dealer}.json").write_bytes(folder.line(table.reveals[dealer - 1]) + b"\n")
