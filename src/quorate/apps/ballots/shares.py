"""A teller's share as it comes in through the teller's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.life import life_of
from quorate.apps.ballots.models import Ballot, Stage, TellerSeat
from quorate.apps.ballots.selectors import closing_fingerprint, manifest_of, shares_in
from quorate.apps.ballots.services import take_share
from quorate.lifecycle.ballot import BEGUN, State
from quorate.record.canonical import RecordError
from quorate.record.entries import MAX_ENTRY_BYTES, Share, read_entry
from quorate.text import _

MOST_BYTES: Final = MAX_ENTRY_BYTES + 1


@dataclass(frozen=True)
class ShareDesk:
    """What a teller needs to know once the key is fixed. `state` is waiting, due, sent or over."""

    state: str
    zone: str
    closes: datetime
    closing: str
    """The closing fingerprint, '' before voting has closed."""
    before_opening: bool
    voided: bool


def share_desk(ballot: Ballot, seat: TellerSeat) -> ShareDesk | None:
    """Where a teller's share stands; None while the ballot is a draft."""
    if ballot.stage == Stage.DRAFT:
        return None
    life, zone = life_of(ballot), manifest_of(ballot).window.zone
    working = life.state in {State.CLOSED, State.DECRYPTING}
    if life.state is State.READY or life.state in BEGUN:
        state = "waiting"
    elif working:
        state = "sent" if seat.number in shares_in(ballot) else "due"
    else:
        state = "over"
    closing = closing_fingerprint(ballot) if working else ""
    return ShareDesk(state, zone, life.closes, closing, life.state is State.READY, life.state is State.VOIDED)


def hand_in(*, ballot: Ballot, seat: TellerSeat, data: bytes) -> None:
    """Check and keep this teller's share. NotAllowed says what is wrong with it; nothing is kept then."""
    if len(data) > MOST_BYTES:
        raise NotAllowed(_("The file is too large to be a share. Choose the one that decrypt wrote."))
    try:
        entry = read_entry(data.removesuffix(b"\n"), _("The file"))
    except RecordError as error:
        raise NotAllowed(_("{why}. Choose the file that decrypt wrote.").format(why=error)) from error
    if not isinstance(entry, Share):
        raise NotAllowed(_("The file is not a share. Choose the one that decrypt wrote."))
    if entry.teller != seat.number:
        raise NotAllowed(
            _("The file is the share of teller {other}; this is the page of teller {own}.").format(
                other=entry.teller, own=seat.number
            )
        )
    take_share(ballot=ballot, share=data, by=None)
