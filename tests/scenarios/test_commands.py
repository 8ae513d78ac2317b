"""A whole ballot through the public commands: registrar, tellers, officers, voters, verifier, all by files.

Only the clock is replaced, in the commands that read it: the ballot's three days pass in a few seconds.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from quorate.cli import officer, teller_tally
from quorate.cli.main import run

DRAFT = """
organisation = "Example Union"
body = "All members"
title = "Strike authorisation"
contact = "The office, room 12"
zone = "America/Chicago"
opens = "2026-12-09T08:00"
closes = "2026-12-11T17:00"
host = "vote.example"
roll_fingerprint = "{roll}"
group_limit = 3
kind = "test"

[[question]]
id = "strike"
text = "Shall the union be authorised to call a strike?"
rule = "us-il-art34-strike"
blank = {{kind = "blank", label = "Leave it blank"}}
options = [{{id = "yes", label = "Yes, authorise"}}, {{id = "no", label = "No, do not authorise"}}]
"""


class Clock(dt.datetime):
    """The time that the commands under test see."""

    at = dt.datetime(2026, 12, 9, 15, 0, tzinfo=dt.UTC)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]  # returns a plain one
        return cls.at


def test_a_ballot_from_roll_to_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(officer, "datetime", Clock)
    monkeypatch.setattr(teller_tally, "datetime", Clock)
    Path("pass").write_text("a long enough passphrase\n", encoding="utf-8")
    secret = ("--passphrase-file", "pass")

    def quorate(*arguments: str, code: int = 0) -> str:
        answer = run(arguments)
        out, err = capsys.readouterr()
        assert answer == code, err + out
        assert "Traceback" not in err
        return out + err

    # The registrar: a roll of eight, a key, codes.
    roll = "".join(f"{n:04},Member {n}\n" for n in range(1, 9))
    Path("roll.csv").write_text("member number,name\n" + roll, encoding="utf-8")
    quorate("registrar", "key", "--out", "registrar.key", *secret)
    ballot_id = "5a" * 32
    out = quorate("registrar", "codes", "roll.csv", "--out", "codes", "--ballot-id", ballot_id, *secret)
    fingerprint = next(line.split()[-1] for line in out.splitlines() if line.startswith("Roll fingerprint"))
    with Path("codes/secret/codes.csv").open(encoding="utf-8-sig") as file:
        codes = [row[2] for row in list(csv.reader(file))[1:]]
    assert len(codes) == 8

    # Three tellers, two of whom suffice.
    names = [f"--name=Teller {n}" for n in (1, 2, 3)]
    quorate("teller", "new", "ceremony", "--ballot-id", ballot_id, "--threshold", "2", *names)
    for n in "123":
        quorate("teller", "round1", f"t{n}", "ceremony", "--teller", n, *secret)
    spoken = quorate("teller", "fingerprint", "ceremony").strip()
    for n in "123":
        quorate("teller", "round2", f"t{n}", "ceremony", "--fingerprint", spoken, *secret)
    for n in "123":
        quorate("teller", "round3", f"t{n}", "ceremony", *secret)
        quorate("teller", "backup", f"t{n}", f"t{n}/backup", *secret)
    for n in "123":
        quorate("teller", "rehearse", f"t{n}", "ceremony", "--backup", f"t{n}/backup", *secret)
    quorate("teller", "finish", "ceremony")

    # Two officers draft, read, sign and open. One signature is not enough.
    for n in "12":
        quorate("officer", "key", f"officer{n}", "--name", f"Officer {n}", *secret)
    Path("draft.toml").write_text(DRAFT.format(roll=fingerprint), encoding="utf-8")
    out = quorate(
        "officer", "draft", "draft.toml", "office", "--credentials", "codes/public",
        "--ceremony", "ceremony/ceremony.json", "--officer", "officer1.pub", "--officer", "officer2.pub",
    )  # fmt: skip
    assert "At least 6 of 8 members must vote yes" in out
    record, pins = "office/public/record", "office/public/pins.json"
    quorate("officer", "sign", "office", "open", "--key", "officer1", "--yes", *secret)
    assert "2 distinct officers" in quorate("officer", "open", "office", code=1)
    quorate("officer", "sign", "office", "open", "--key", "officer2", "--yes", *secret)
    for n in "123":
        quorate("teller", "approve", f"t{n}", record, "--yes", *secret)
    quorate("officer", "open", "office")

    # Members seal and hand in; member 2 votes again; a mistyped code is named by its group.
    def vote(member: int, choice: str, name: str) -> str:
        Path("code").write_text(codes[member - 1], encoding="utf-8")
        return quorate(
            "vote", "seal", record, f"office/incoming/{name}.json", "--choose", choice,
            "--code-file", "code", "--pins", pins,
        )  # fmt: skip

    for member, choice in enumerate(("yes", "no", "yes", "yes", "yes", "blank"), start=1):
        out = vote(member, choice, f"m{member}")
    shown = next(line for line in out.splitlines() if line.startswith("Tracker: "))
    tracker = shown.removeprefix("Tracker: ")
    assert quorate("officer", "take", "office").count("cast, entry") == 6
    vote(2, "yes", "m2-again")
    assert quorate("officer", "take", "office").count("cast, entry") == 1
    assert "counts" in quorate("vote", "find", record, tracker.replace(" ", "").lower())
    Path("code").write_text(codes[1], encoding="utf-8")
    mine = quorate("vote", "mine", record, "--code-file", "code")
    assert "was replaced" in mine
    assert "counts unless" in mine
    wrong = codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")
    Path("code").write_text(wrong, encoding="utf-8")
    assert "group" in quorate("vote", "mine", record, "--code-file", "code", code=1)
    receipt = sorted(Path("office/receipts").glob("*.tlog-proof"))[0]
    assert "Your vote is cast" in quorate(
        "vote", "receipt", record, str(receipt.with_suffix(".json")), str(receipt)
    )

    # A member lost the code: the registrar makes a new one, two officers sign, and the member votes with it.
    out = quorate(
        "registrar", "reissue", "codes", "--member", "0007", "--reason", "lost",
        "--manifest", f"{record}/manifest.json", *secret,
    )  # fmt: skip
    quorate("officer", "change", "office", "codes/changes/0001/entry.json")
    for n in "12":
        quorate("officer", "sign", "office", "credential-reissue-1", "--key", f"officer{n}", "--yes", *secret)
    quorate("officer", "post", "office", "credential-reissue-1")
    with Path("codes/changes/0001/code.csv").open(encoding="utf-8-sig") as file:
        codes[6] = list(csv.reader(file))[1][2]
    vote(7, "yes", "m7")
    quorate("officer", "take", "office")

    # The end is extended by two officers; it cannot come earlier.
    quorate("officer", "extend", "office", "--closes", "2026-12-12T01:00:00Z", "--reason", "mail was late")
    for n in "12":
        quorate("officer", "sign", "office", "extend-1", "--key", f"officer{n}", "--yes", *secret)
    quorate("officer", "post", "office", "extend-1")
    Clock.at = dt.datetime(2026, 12, 11, 23, 30, tzinfo=dt.UTC)
    assert "cannot end earlier" in quorate("officer", "close", "office", code=1)
    Clock.at = dt.datetime(2026, 12, 12, 1, 0, tzinfo=dt.UTC)
    quorate("officer", "close", "office")

    # Tellers verify for themselves, compare the closing fingerprint, and decrypt. A wrong one stops a teller.
    spoken = quorate("teller", "closing", record, "--pins", pins).strip()
    other = spoken[:-1] + ("0" if spoken[-1] != "0" else "1")
    for n, compared, code in (("1", other, 1), ("1", spoken, 0), ("3", spoken, 0)):
        quorate(
            "teller", "decrypt", f"t{n}", record, f"share{n}.json", "--pins", pins, "--closing", compared,
            *secret, code=code,
        )  # fmt: skip
    out = quorate("officer", "finish", "office", "share1.json", "share3.json")
    assert "6 members voted yes" in out

    # Anybody verifies.
    answer = json.loads(
        quorate("verify", record, "--pins", pins, "--receipt", str(receipt), "--json", "--workers", "1")
    )
    assert answer["ok"]
    assert answer["pinned"]
    assert len(answer["checked"]) == 22
    question = answer["certificate"]["questions"][0]
    assert [votes["votes"] for votes in question["votes"]] == [6, 0, 1]
    assert question["decision"]["outcome"] == "carried"
    assert (question["decision"]["needed"], question["decision"]["margin"]) == (6, 0)
