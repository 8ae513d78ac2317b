"""Records as vectors: whole ones that verify for ever [08.34], and patches of them that one check refuses.

To write them again: ``PYTHONPATH=tests python -m support.record_vectors``. Records that were published
once are not written again for a new version: they show that old records still verify.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from quorate.record.canonical import encode
from quorate.record.container import FILES, Container
from quorate.record.pins import read_pins
from quorate.verify.findings import Report
from quorate.verify.run import verify
from support import examples, void_mutations
from support.ballots import SmallBallot
from support.forge import Forgery
from support.mutations import MUTATIONS, Good
from support.passkey_attacks import ATTACKS

FOLDER = Path(__file__).parents[2] / "vectors"
BASES = {
    "record-smallest": examples.plain,
    "record-every-entry": examples.rich,
    "record-by-unit": examples.by_unit,
    **void_mutations.BASES,
    "record-passkeys": examples.signed_by_passkeys,
}
README = """# A record of nobody's vote

Made by tests/support/record_vectors.py (and tests/support/examples.py) with secrets that are SHAKE-256 of
fixed texts. `pins.json` is not part of the record: it is what a paper notice would give. The record must
verify with it, in this and every later version. vectors/records.json has patches of it that must be
refused.
"""
REASONS = {check: (mutation.__doc__ or "").split("] ", 1)[1] for check, mutation in MUTATIONS.items()}
Patch = list[dict[str, Any]]


def patch_of(base: Path, false: Path) -> Patch:
    """The lines that differ, file by file: `line` counts from 1; null as `text` drops the line and all
    after it.
    """
    patch: Patch = []
    for name in FILES:
        old = (base / name).read_bytes().splitlines()
        new = (false / name).read_bytes().splitlines() if (false / name).exists() else []
        for number in range(max(len(old), len(new))):
            before = old[number] if number < len(old) else None
            after = new[number] if number < len(new) else None
            if before != after:
                patch.append({"file": name, "line": number + 1, "text": after.decode() if after else None})
            if after is None:
                break
    return patch


def patched(base: Path, patch: Patch, folder: Path) -> Path:
    """A copy of a record with a patch applied."""
    folder.mkdir(parents=True)
    for name in FILES:
        lines = (base / name).read_bytes().splitlines()
        for change in (change for change in patch if change["file"] == name):
            at = change["line"] - 1
            if change["text"] is None:
                del lines[at:]
            else:
                lines[at : at + 1] = [change["text"].encode()]
        (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))
    return folder


def verified(record: Path, pins: str | None, receipts: list[list[str]]) -> Report:
    """Verify as a vector says: pins as the canonical text, receipts as name and base64."""
    kept = [(name, b64decode(data)) for name, data in receipts]
    known = None if pins is None else read_pins(pins.encode(), "pins")
    with Container(record) as container:
        return verify(container, pins=known, receipts=kept)


def refused_case(check: str, good: Good) -> dict[str, Any]:
    """The patch of a mutation against the base that it differs least from."""
    forgery: Forgery = MUTATIONS[check](good)
    record = forgery.write()
    patches = {name: patch_of(FOLDER / name, record) for name in BASES}
    base = min(patches, key=lambda name: len(json.dumps(patches[name])))
    given = {
        "record": base,
        "patch": patches[base],
        "pins": encode(forgery.pins).decode() if forgery.pins else None,
        "receipts": [[name, b64encode(data).decode()] for name, data in forgery.receipts],
    }
    return {"name": f"{check} alone", "input": given, "failure": f"{check}: {REASONS[check]}"}


def refused_void_case(name: str, mutation: void_mutations.Mutation, home: Path) -> dict[str, Any]:
    """The patch of a mutation of a ballot that was suspended or declared void."""
    ballot = BASES[mutation.base](home / "ballot")
    forgery = Forgery.of(ballot, home / "false")
    mutation.do(forgery)
    given = {
        "record": mutation.base,
        "patch": patch_of(FOLDER / mutation.base, forgery.write()),
        "pins": encode(ballot.pins).decode(),
        "receipts": [],
    }
    return {"name": name, "input": given, "failure": f"{mutation.checks}: {mutation.why}"}


def passkey_case(name: str, ballot: SmallBallot, home: Path) -> dict[str, Any]:
    """The patch of a false signature by a passkey."""
    attack, expected = ATTACKS[name]
    forgery = Forgery.of(ballot, home / name.replace(" ", "-"))
    attack(forgery)
    given = {
        "record": "record-passkeys",
        "patch": patch_of(FOLDER / "record-passkeys", forgery.write()),
        "pins": encode(ballot.pins).decode(),
        "receipts": [],
    }
    return {"name": name, "input": given, "failure": f"V6: {expected} was expected"}


PATCHED = (
    "signed at a sign-in", "of another ballot", "challenge truncated", "made when the key was registered",
    "for another passkey host", "on a page below", "in a frame", "nobody verified", "one officer twice",
    "the signature's twin", "another counter",
)  # fmt: skip


def main() -> None:
    """Write the records, and the cases about them."""
    cases: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home:
        for name, make in BASES.items():
            ballot = make(Path(home) / name)
            target = FOLDER / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ballot.record, target)
            (target / "pins.json").write_bytes(encode(ballot.pins) + b"\n")
            (target / "README.md").write_text(README, encoding="utf-8")
            given = {"record": name, "patch": [], "pins": encode(ballot.pins).decode(), "receipts": []}
            cases.append({"name": name, "input": given, "expected": "verified"})
            cases.append(
                {"name": f"{name} without pins", "input": given | {"pins": None}, "expected": "consistent"}
            )
        made: dict[str, SmallBallot] = {}
        for check in MUTATIONS:
            cases.append(refused_case(check, Good(made, Path(home) / "good", Path(home) / check)))
        for number, (name, mutation) in enumerate(void_mutations.MUTATIONS.items()):
            cases.append(refused_void_case(name, mutation, Path(home) / f"void-{number}"))
        ballot = examples.signed_by_passkeys(Path(home) / "false-passkeys")
        false_passkeys = [passkey_case(name, ballot, Path(home)) for name in PATCHED]
    _write("passkeys", false_passkeys, ["08.28", "08.38", "08.39"])
    _write(
        "records", cases, [f"10.{n}" for n in range(1, 23)] + ["08.32", "08.33", "08.34", "08.36", "08.37"]
    )


def _write(topic: str, cases: list[dict[str, Any]], clauses: list[str]) -> None:
    whole = {
        "format": "quorate-vectors/1",
        "topic": topic,
        "provenance": "tests/support/record_vectors.py, with secrets that are SHAKE-256 of fixed texts. The"
        " records lie in folders beside this file. A patch replaces lines of files, counted from 1; null"
        " drops the rest. All is signed again, so that the checks named are the only ones that fire.",
        "clause": clauses,
        "cases": cases,
    }
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / f"{topic}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
