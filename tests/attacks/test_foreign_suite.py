"""Attacker: the organiser, who writes the manifest. Wish: weaker cryptography than everybody thinks, by
naming it (the group in Moscow 2019 was too small, and came from the file).

Stopped by: nothing in a record chooses cryptography [03.9]. Another suite is V2's finding, another one in the
ceremony V7's, and a manifest with a field for it is none (V1).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.record.canonical import encode
from quorate.record.ceremony import read_ceremony
from quorate.verify.run import NoManifest
from support import examples
from support.ballots import SmallBallot
from support.forge import Forge, Forgery, assert_stopped


@pytest.mark.parametrize(
    "suite",
    [
        "quorate/0 ristretto255 sha512",
        "quorate/1 ristretto255 sha512 ",
        "QUORATE/1 RISTRETTO255 SHA512",
        "none",
    ],
)
def test_a_manifest_that_names_another_suite(tmp_path: Path, suite: str) -> None:
    ballot = SmallBallot(tmp_path, change=lambda manifest: replace(manifest, suite=suite))
    box = ballot.open_box()
    examples.cast(box, *(ballot.vote(voter, [(0, [0])]) for voter in (1, 2, 3)))
    ballot.publish()
    forgery = Forgery.of(ballot, tmp_path / "false")
    forgery.retally()
    assert_stopped(forgery, "V2", where="manifest.json suite")


def test_a_ceremony_that_names_another_suite(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.ceremony = forgery.ceremony.replace(b"quorate/1 ristretto255", b"quorate/1 ed25519     ")
    assert forgery.ceremony != plain.tellers.file
    assert "V7" in {finding.check for finding in forgery.report().findings}
    assert read_ceremony(plain.tellers.file, "ceremony.json").abort is None


@pytest.mark.parametrize("field", ["group", "generator", "hash", "p", "g"])
def test_a_manifest_with_a_field_for_it(plain: SmallBallot, forge: Forge, field: str) -> None:
    forgery = forge(plain)
    manifest = json.loads(encode(plain.manifest)) | {field: "00"}
    forgery.manifest = json.dumps(dict(sorted(manifest.items())), separators=(",", ":")).encode()
    with pytest.raises(NoManifest, match=field):
        forgery.report()
