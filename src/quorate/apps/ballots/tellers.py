"""The tellers' key ceremony through the site: personal links, messages handed in, who is awaited.

Tellers work with `quorate teller` on their own devices; the site is the shared folder. It keeps what a teller
handed in first and refuses anything else of the same round, since whoever could replace a message could show
tellers different ones [06.6]. A link's secret is kept hashed.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from quorate.apps.ballots.errors import AlreadySent, NotAllowed, UnknownTeller
from quorate.apps.ballots.models import AuditEvent, Ballot, Stage, TellerSeat
from quorate.apps.ballots.selectors import latest_draft
from quorate.apps.ballots.services import Account, record_event
from quorate.apps.ballots.workplace import ceremony_folder, folder_of
from quorate.crypto.ceremony import round1
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.messages import Message
from quorate.crypto.schnorr import SignatureError
from quorate.election.ceremony_folder import COMPLETE, DEFINITION, Folder, name_of, new_context
from quorate.election.teller_files import TellerRefusal, read_line
from quorate.record.canonical import RecordError
from quorate.record.ceremony import check_ceremony, read_message
from quorate.text import _

MOST_BYTES: Final = 2**20
"""No message of a ceremony is larger."""
_TOKEN_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """A teller's link; the part after # is its secret, which browsers send to nobody. It is shown once."""

    number: int
    name: str
    path: str = field(repr=False)


def begin_ceremony(*, ballot: Ballot, by: Account) -> tuple[PersonalLink, ...]:
    """Start the ceremony of the tellers that the draft names, and make their links.

    NotAllowed while another one runs (`abandon_ceremony` ends it) or the draft names no possible tellers.
    """
    with transaction.atomic():
        ballot = _drafted(ballot)
        found = latest_draft(ballot)
        if found is None or not found[1].tellers:
            raise NotAllowed(_("Name the tellers first, and how many of them suffice."))
        names, threshold = found[1].tellers, found[1].threshold
        if (ceremony_folder(ballot) / DEFINITION).exists():
            raise NotAllowed(_("The tellers' ceremony has begun. End it before you begin another."))
        try:
            Folder.create(
                ceremony_folder(ballot), new_context(bytes.fromhex(ballot.ballot_id), threshold, names)
            )
        except TellerRefusal as error:
            raise NotAllowed(str(error)) from error
        TellerSeat.objects.filter(ballot=ballot).delete()
        links = []
        for number, name in enumerate(names, start=1):
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            TellerSeat.objects.create(ballot=ballot, number=number, name=name, token=_hashed(token))
            links.append(PersonalLink(number, name, _path(ballot, token)))
        record_event(kind="ceremony begun", by=by, ballot=ballot, tellers=len(names), threshold=threshold)
    return tuple(links)


def renew_link(*, ballot: Ballot, number: int, by: Account) -> PersonalLink:
    """A new link for a teller who lost it; the old one is dead. NotAllowed when there is no such teller."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        seat = TellerSeat.objects.select_for_update().filter(ballot=ballot, number=number).first()
        if seat is None:
            raise NotAllowed(_("There is no teller {number} of this ballot.").format(number=number))
        TellerSeat.objects.filter(pk=seat.pk).update(token=_hashed(token))
        record_event(kind="teller's link renewed", by=by, ballot=ballot, teller=number)
    return PersonalLink(number, seat.name, _path(ballot, token))


def teller_of(ballot: Ballot, token: str) -> TellerSeat:
    """The teller whose link has this secret; UnknownTeller for any other. Nobody learns which part is wrong.

    The secret is 192 random bits, so looking its hash up gives nothing away.
    """
    found = TellerSeat.objects.filter(ballot=ballot, token=_hashed(token.strip().lstrip("#"))).first()
    if found is None:
        raise UnknownTeller(
            _("This is not the personal link of a teller of this ballot, or it was replaced by a newer one.")
        )
    return found


def take_messages(*, ballot: Ballot, seat: TellerSeat, files: Sequence[bytes]) -> tuple[str, ...]:
    """Keep what a teller hands in: all of it or nothing. Returns the names of the messages.

    NotAllowed says what is wrong with a file; AlreadySent when a different message of that round is here.
    After the last rehearsal the public ceremony file is written.
    """
    with transaction.atomic():
        ballot = _drafted(ballot)
        folder = _folder(ballot)
        if not files:
            raise NotAllowed(_("Choose the file that the command wrote."))
        try:
            folder.refuse_if_over()
            messages = [_read(folder, seat, data) for data in files]
            known = {**folder.messages, **{name_of(message): message for message in messages}}
            for message in messages:
                _check(folder, seat, message, known)
            for message in messages:
                folder.publish(message)
        except TellerRefusal as error:
            raise NotAllowed(str(error)) from error
        names = tuple(map(name_of, messages))
        for name in names:
            record_event(kind="teller's message", by=None, ballot=ballot, teller=seat.number, message=name)
        _finish(ballot)
    return names


def abandon_ceremony(*, ballot: Ballot, by: Account) -> str:
    """End a ceremony, so that another can begin. What was sent is kept with the reason, which is returned.

    Tellers whose messages are missing are named absent, a culprit by what it sent [06.22].
    """
    with transaction.atomic():
        ballot = _drafted(ballot)
        path = ceremony_folder(ballot)
        if not path.exists():
            raise NotAllowed(_("There is no ceremony to end."))
        if (path / COMPLETE).exists():
            why = _("An officer ended it; there was a key.")
        else:
            try:
                why = str(_folder(ballot).abort()[1])
            except CeremonyFailed as failure:
                why = str(failure)
            except TellerRefusal as error:
                raise NotAllowed(str(error)) from error
        past = sum(1 for _past in folder_of(ballot).glob("ceremony-ended-*")) + 1
        path.rename(folder_of(ballot) / f"ceremony-ended-{past}")
        TellerSeat.objects.filter(ballot=ballot).delete()
        record_event(kind="ceremony ended", by=by, ballot=ballot, why=why[:1000])
    return why


def ceremony_zip(ballot: Ballot) -> bytes:
    """The shared folder as it is now, for `quorate teller`: a zip with the one folder `ceremony`."""
    folder = _folder(ballot)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(folder.path.glob("*.json")):
            bundle.writestr(f"ceremony/{path.name}", path.read_bytes())
    return target.getvalue()


def ceremony_line(ballot: Ballot) -> bytes:
    """The public ceremony file's line, for the manifest; NotAllowed until all tellers have rehearsed."""
    path = ceremony_folder(ballot) / COMPLETE
    if not path.exists():
        raise NotAllowed(_("The tellers have not all confirmed and rehearsed their key."))
    line = read_line(path)
    check_ceremony(line)
    return line


def ceremony_events(ballot: Ballot) -> Sequence[AuditEvent]:
    """What officers did with ceremonies of this ballot, the oldest first."""
    return list(ballot.events.filter(kind__startswith="ceremony"))


def _read(folder: Folder, seat: TellerSeat, data: bytes) -> Message:
    if len(data) > MOST_BYTES:
        raise NotAllowed(_("The file is too large to be a message of a teller."))
    where = _("The file")
    try:
        message = read_message(data.removesuffix(b"\n"), where, folder.context)
    except RecordError as error:
        raise NotAllowed(
            _("{why}. Choose the file that the command wrote into the ceremony folder.").format(why=error)
        ) from error
    if message.teller != seat.number:
        raise NotAllowed(
            _("{name} is a message of teller {other}; this is the page of teller {own}.").format(
                name=name_of(message), other=message.teller, own=seat.number
            )
        )
    return message


def _check(folder: Folder, seat: TellerSeat, message: Message, known: dict[str, Message]) -> None:
    """The message is new or a repetition, its round has come, and this teller signed it."""
    name = name_of(message)
    path = folder.path / name
    if path.exists() and read_line(path) != folder.line(message):
        raise AlreadySent(
            _(
                "A different {name} is here already. What is sent stands: nothing was replaced. If you did "
                "not send the first one, tell the officers at once: somebody else has your link."
            ).format(name=name)
        )
    own = message if isinstance(message, round1.Package) else known.get(f"round1-{seat.number}.json")
    if not isinstance(own, round1.Package):
        raise NotAllowed(_("Round 1 comes first: hand in round1-{n}.json.").format(n=seat.number))
    try:
        message.verify_signature(folder.context, own.signing_key)
    except SignatureError as error:
        raise NotAllowed(_("{name} is not signed with the key of your round 1.").format(name=name)) from error
    before = {"round2": "round1", "round3": "round2", "rehearsal": "round3", "complaint": "round2"}
    earlier = before.get(name.split("-")[0])
    if earlier is not None:
        awaited = [
            folder.context.name(n) for n in folder.context.indices if f"{earlier}-{n}.json" not in known
        ]
        if awaited:
            raise NotAllowed(
                _("{name} comes after {earlier} of all tellers; awaited: {names}.").format(
                    name=name, earlier=earlier, names=", ".join(awaited)
                )
            )


def _finish(ballot: Ballot) -> None:
    """Write the public ceremony file as soon as everything is there."""
    folder = _folder(ballot)
    wanted = {
        name
        for n in folder.context.indices
        for name in (f"round3-{n}.json", f"rehearsal-{n}-stored.json", f"rehearsal-{n}-backup.json")
    }
    if wanted <= set(folder.messages) and not (folder.path / COMPLETE).exists():
        try:
            folder.finish()
        except CeremonyFailed:
            return  # `ceremony_state` says who is to blame
        record_event(kind="ceremony complete", by=None, ballot=ballot, tellers=folder.context.tellers)


def _folder(ballot: Ballot) -> Folder:
    try:
        return Folder.read(ceremony_folder(ballot))
    except RecordError as error:
        raise NotAllowed(_("The tellers' ceremony has not begun.")) from error


def _drafted(ballot: Ballot) -> Ballot:
    found = Ballot.objects.select_for_update().get(pk=ballot.pk)
    if found.stage != Stage.DRAFT:
        raise NotAllowed(_("The tellers' key is fixed: this ballot is no draft any more."))
    return found


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _path(ballot: Ballot, token: str) -> str:
    return f"/teller/{ballot.name}#{token}"
