"""A ballot's voting codes: made here (hosted) or taken from a registrar's list (offline), handed over once.

What stays here is public: the credential list and the registrar's signature. Who holds which credential is
known to the registry alone (`quorate.apps.credentials.registry`), and codes are never logged.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from quorate.apps.ballots.electorate import roll_file, voters_of
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.selectors import latest_draft
from quorate.apps.ballots.services import Account, record_event
from quorate.apps.ballots.workplace import issued_folder
from quorate.apps.credentials import registry
from quorate.apps.credentials.errors import RegistryError
from quorate.election.credential_book import RegistrarError
from quorate.election.draft import Draft
from quorate.election.registrar import SignedList, check_list
from quorate.files import write_whole
from quorate.record.canonical import Reader, RecordError, Struct, encode
from quorate.record.credentials import CredentialIndex
from quorate.text import _, number

MOST_BYTES: Final = 256 * 2**20
"""A credential list of two million lines is smaller."""


class _About(Struct, frozen=True):
    """What the list here was made for."""

    mode: str
    roll: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a ballot: `mode` is how they were made, `fits` whether they are for the draft's roll and
    units as these are now. `handed_over` is known for hosted codes only.
    """

    mode: str
    count: int
    fits: bool
    handed_over: datetime | None
    signed: SignedList


def codes_of(ballot: Ballot, draft: Draft) -> Codes | None:
    """The codes that were made for a ballot; None before."""
    folder = issued_folder(ballot)
    if not (folder / "about.json").exists():
        return None
    about = Reader(_About).read((folder / "about.json").read_bytes(), "about.json")
    signed = Reader(SignedList).read((folder / "credential-list.json").read_bytes(), "credential-list.json")
    state = registry.state(bytes.fromhex(ballot.ballot_id)) if about.mode == "hosted" else None
    fits = (about.mode, about.roll) == (draft.registrar, draft.roll_fingerprint)
    if fits:
        try:
            fits = voters_of(draft)[0] == about.units
        except NotAllowed:
            fits = False
    return Codes(about.mode, signed.count, fits, state.handed_over if state else None, signed)


def issued(ballot: Ballot) -> tuple[SignedList, tuple[bytes, ...], tuple[str, ...]]:
    """For the manifest: the signed commitment, the lines of the list, the names of the units."""
    folder = issued_folder(ballot)
    if not (folder / "about.json").exists():
        raise NotAllowed(_("The voting codes are not made yet."))
    about = Reader(_About).read((folder / "about.json").read_bytes(), "about.json")
    signed = Reader(SignedList).read((folder / "credential-list.json").read_bytes(), "credential-list.json")
    lines = (folder / "credentials.txt").read_bytes().split(b"\n")[:-1]
    return signed, tuple(lines), about.units


def make_hosted(*, ballot: Ballot, by: Account) -> int:
    """Have this server make a code for everybody on the roll; returns how many. Earlier codes are void.

    NotAllowed when the draft says that codes are made offline, or has no roll.
    """
    with transaction.atomic():
        draft = _draft(ballot)
        if draft.registrar != "hosted":
            raise NotAllowed(_("The draft says that the codes are made offline."))
        units, voters = voters_of(draft)
        try:
            made = registry.issue(
                bytes.fromhex(ballot.ballot_id), bytes.fromhex(draft.roll_fingerprint), voters
            )
        except RegistryError as error:
            raise NotAllowed(str(error)) from error
        _keep(ballot, draft, units, made.signed, made.lines)
        record_event(kind="codes made", by=by, ballot=ballot, mode="hosted", count=made.signed.count)
    return made.signed.count


def hand_over(*, ballot: Ballot, by: Account) -> bytes:
    """The codes as CSV, each with its voting link, for whoever prints the letters: once, and logged.

    NotAllowed when they were handed over before.
    """
    with transaction.atomic():
        try:
            deliveries = registry.code_deliveries_once(bytes.fromhex(ballot.ballot_id))
        except RegistryError as error:
            raise NotAllowed(str(error)) from error
        record_event(kind="codes handed over", by=by, ballot=ballot, count=len(deliveries))
    address = f"{settings.ENVIRONMENT.origin}/b/{ballot.name}/vote#"
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("member_number", "name", "code", "link"))
    rows.writerows((one.member_number, one.name, one.code, address + one.code) for one in deliveries)
    return text.getvalue().encode("utf-8-sig")


def roll_for_registrar(*, ballot: Ballot, by: Account) -> bytes:
    """The frozen roll's file, for `quorate registrar codes` on the registrar's own computer; logged."""
    with transaction.atomic():
        frozen = roll_file(_draft(ballot))
        record_event(kind="roll downloaded", by=by, ballot=ballot, count=frozen.count)
    return frozen.to_bytes()


def take_list(*, ballot: Ballot, credentials: bytes, signed: bytes, by: Account) -> int:
    """Take what `quorate registrar codes` wrote into `public/`; returns the number of credentials.

    All or nothing: NotAllowed names the file and line, or says in what the list does not fit the roll.
    """
    with transaction.atomic():
        draft = _draft(ballot)
        if draft.registrar != "offline":
            raise NotAllowed(_("The draft says that this server makes the codes."))
        units, voters = voters_of(draft)
        try:
            commitment = Reader(SignedList).read(signed.removesuffix(b"\n"), "credential-list.json")
            lines = _lines(credentials)
            index = CredentialIndex.parse(lines, "credentials.txt")
            check_list(commitment, lines)
        except (RecordError, RegistrarError) as error:
            raise NotAllowed(str(error)) from error
        if commitment.ballot_id.hex() != ballot.ballot_id:
            raise NotAllowed(_("The list was made for another ballot: use this ballot's id."))
        if len(index) != len(voters):
            raise NotAllowed(
                _("The list has {found} credentials, but {due} members are on the roll.").format(
                    found=number(len(index)), due=number(len(voters))
                )
            )
        due = dict(sorted(Counter(voter.unit for voter in voters).items()))
        if index.unit_counts() != due:
            raise NotAllowed(
                _("The list has other units than the roll: make the codes with --units {units}.").format(
                    units=draft.units
                )
            )
        _keep(ballot, draft, units, commitment, lines)
        record_event(kind="codes made", by=by, ballot=ballot, mode="offline", count=len(index))
    return len(index)


def _lines(data: bytes) -> tuple[bytes, ...]:
    lines = data.split(b"\n")
    if lines.pop():
        raise RecordError("credentials.txt", _("is cut off: its last line is not ended"))
    return tuple(lines)


def _keep(
    ballot: Ballot, draft: Draft, units: tuple[str, ...], signed: SignedList, lines: tuple[bytes, ...]
) -> None:
    """Write the public part; `about.json` last, since it says that the rest is there."""
    folder = issued_folder(ballot)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "about.json").unlink(missing_ok=True)
    write_whole(folder / "credentials.txt", b"".join(line + b"\n" for line in lines))
    write_whole(folder / "credential-list.json", encode(signed))
    about = _About(draft.registrar, draft.roll_fingerprint, units)
    write_whole(folder / "about.json", encode(about))


def _draft(ballot: Ballot) -> Draft:
    found = Ballot.objects.select_for_update().get(pk=ballot.pk)
    latest = latest_draft(ballot)
    if found.stage != Stage.DRAFT or latest is None:
        raise NotAllowed(_("The codes are fixed: this ballot is no draft any more."))
    return latest[1]
