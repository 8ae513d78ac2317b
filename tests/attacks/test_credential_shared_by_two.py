"""Attack E1: two voters, one credential (seen by Baloglu and others in a deployed system, 2021).

Attacker: the registrar, with its own key. Wish: give two members the same code, so that the second ballot
silently replaces the first, and keep a spare credential to vote with; or list more credentials than there
are voters. Stopped by: the registrar's own tool, the reader of the list [07.4], the manifest's equal counts
[07.5], and check V8 over everything re-signed.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.election import registrar
from quorate.election.box import BallotBox
from quorate.election.credential_book import Change, CurrentBook, RegistrarError
from quorate.group import Scalar, base_mul
from quorate.record.canonical import RecordError, encode
from quorate.record.credentials import CredentialIndex, credential_lines
from quorate.record.manifest import manifest_problem, read_manifest
from quorate.verify.findings import Report
from support.ballots import Draws, SmallBallot

SPARE = base_mul(Scalar.from_int(7)).to_bytes()


def resign(ballot: SmallBallot, lines: list[bytes]) -> None:
    """The registrar signs another list, before the manifest exists."""
    signed = registrar.sign_list(ballot.registrar, ballot.ballot_id, lines, ballot.random)
    ballot.issue = dataclasses.replace(ballot.issue, lines=tuple(lines), signed=signed)


def opened(ballot: SmallBallot, honest: CredentialIndex) -> Report:
    """Publish a record that is opened over the list as it now is, without asking the server's own checks."""
    log = Log.create(FileStorage(ballot.board), LogSigner(ballot.origin, ballot.log_seed), ballot.origin)
    BallotBox(log, ballot.manifest, honest).open(ballot.opening())
    ballot.publish()
    return ballot.verify(until="open")


@pytest.fixture
def ballot(tmp_path: Path) -> SmallBallot:
    return SmallBallot(tmp_path, voters=4)


def test_the_registrars_tool_makes_no_code_twice() -> None:
    """A generator that repeats gives every member the same code."""
    voters = [registrar.Eligible("1", "Ada"), registrar.Eligible("2", "Bob")]
    with pytest.raises(RegistrarError, match="Two codes are the same"):
        registrar.issue_codes(registrar.new_key(Draws("e1")), bytes(32), bytes(32), voters, bytes)


def test_no_list_with_a_credential_twice_is_written() -> None:
    with pytest.raises(ValueError, match="two voters have the same credential"):
        credential_lines([(SPARE, 0), (SPARE, 1)])


def test_a_list_with_a_credential_twice_is_unreadable(ballot: SmallBallot) -> None:
    """V8, though count, root and signature fit: a repeated line is not a list [07.4]."""
    lines = list(ballot.issue.lines)
    honest = CredentialIndex.parse(lines)
    lines[1] = lines[0]
    resign(ballot, lines)
    with pytest.raises(RecordError, match=r"credentials\.txt line 2: the credential occurs twice"):
        CredentialIndex.parse(lines)
    report = opened(ballot, honest)
    assert "V8" in {finding.check for finding in report.findings}


def test_a_list_shorter_than_the_roll_has_no_manifest(ballot: SmallBallot) -> None:
    """Four on the roll, three credentials: the manifest contradicts itself."""
    resign(ballot, list(ballot.issue.lines[1:]))
    problem = "credentials: their count differs from the roll's"
    assert manifest_problem(ballot.manifest) == problem
    with pytest.raises(RecordError, match=problem):
        read_manifest(encode(ballot.manifest))


@pytest.mark.parametrize("change", ["one fewer", "one more"])
def test_a_list_unlike_its_signed_count_is_found(ballot: SmallBallot, change: str) -> None:
    """The manifest claims the roll's count for a list of another length, signed as such: V8."""
    lines = list(ballot.issue.lines)
    if change == "one fewer":
        lines = lines[1:]
    else:
        holders = ballot.issue.book.holders
        lines = credential_lines([(SPARE, 0), *((holder.credential, holder.unit) for holder in holders)])
    resign(ballot, lines)
    signed = msgspec.structs.replace(ballot.issue.signed, count=4)
    ballot.issue = dataclasses.replace(ballot.issue, signed=signed)
    report = opened(ballot, CredentialIndex.parse(lines))
    found = [str(finding) for finding in report.of("V8")]
    assert f"V8 credentials.txt: expected 4 credentials, got {len(lines)}" in found


def test_a_reissue_cannot_give_a_credential_that_another_member_has(ballot: SmallBallot) -> None:
    """[07.14] The registrar's book refuses the change, so no tool of it signs such an entry."""
    first, second = ballot.issue.book.holders[:2]
    change = Change(first.member_number, second.credential, 1, first.credential)
    with pytest.raises(RegistrarError, match="does not follow"):
        CurrentBook(ballot.issue.book, [change])
