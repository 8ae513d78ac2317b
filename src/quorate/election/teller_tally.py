"""A teller's part after close, behind the gate of [09.8]: decrypt the verified total of the approved ballot,
once.

The private folder gets `approved.json`, the manifest that the teller approved before opening, and
`share.json`, the share, which is durable there before anybody sees it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path
from typing import Final

from quorate.crypto.fingerprint import is_spoken, spoken
from quorate.election.tally import make_share
from quorate.election.teller import RESTORED, Teller
from quorate.election.teller_files import TellerRefusal, read_line, write_line
from quorate.record.canonical import Bytes32, Reader, Struct, encode, instant
from quorate.record.container import Container
from quorate.record.entries import Share, read_entry
from quorate.record.manifest import Manifest, read_manifest
from quorate.record.pins import Pins
from quorate.text import _
from quorate.verify.derive import to_decrypt
from quorate.verify.run import Verification
from quorate.verify.state import State

APPROVED: Final = "approved.json"
SHARE: Final = "share.json"


class Approval(Struct, frozen=True):
    """The one ballot that a teller's key may ever serve."""

    phi: Bytes32


_approvals = Reader(Approval)


def approve(
    teller: Teller, manifest_line: bytes, where: str, compared: str, confirm: Callable[[Manifest], None]
) -> Manifest:
    """Approve a manifest: it is of this teller's ceremony, and no other was approved before [09.8].

    A folder restored from a backup does not know what was approved before, so there `compared` must be the
    ballot's fingerprint from the paper notice. `confirm` shows the ballot to the teller and raises when
    they do not want it. TellerRefusal or RecordError when it cannot be approved.
    """
    manifest = read_manifest(manifest_line, where)
    revealed, _key = teller.key()
    if (
        manifest.ballot_key != revealed.ballot_key.to_bytes()
        or manifest.ballot_id != teller.context.ballot_id
    ):
        raise TellerRefusal(_("{} is not for the key of your ceremony.").format(where))
    line = encode(Approval(manifest.phi))
    path = teller.folder / APPROVED
    if path.exists() and read_line(path) != line:
        raise TellerRefusal(_("You approved another manifest already. A key serves one ballot only."))
    if (teller.folder / RESTORED).exists() and not is_spoken(manifest.phi, compared):
        raise TellerRefusal(
            _("This folder was restored. Give the fingerprint of the ballot from the paper notice.")
        )
    confirm(manifest)
    write_line(path, line, private=True)
    return manifest


def closing_fingerprint(state: State) -> str:
    """The fingerprint of the closing checkpoint, to be read aloud between tellers [09.8]."""
    return spoken(state.closing_root)


def verify_through_close(
    record: Container,
    pins: Pins | None,
    executor: Executor | None,
    progress: Callable[[int], None] | None = None,
) -> State:
    """Run every check through `close`, and compute the aggregates; TellerRefusal names what failed [09.8].

    It is refused for a void ballot, too [08.37].
    """
    verification = Verification(record, pins, until="close", executor=executor, progress=progress)
    report = verification.run()
    if not report.ok:
        first = report.findings[0]
        raise TellerRefusal(
            _(
                "The record fails verification, so nothing is decrypted: {finding} ({n} findings in all)"
            ).format(finding=first, n=len(report.findings))
        )
    void = verification.state.void
    if void is not None:
        raise TellerRefusal(_("This ballot was declared void: {reason}").format(reason=void.reason))
    return verification.state


def decrypt(teller: Teller, state: State, compared: str, now: datetime) -> bytes:
    """The teller's share entry for a record verified by `verify_through_close`, behind the whole gate [09.8].

    `compared` is the closing fingerprint as another teller read it; it may be empty when the manifest asks
    for witnesses. A repeat returns the stored bytes. TellerRefusal says which condition does not hold.
    """
    manifest = state.manifest
    path = teller.folder / APPROVED
    if not path.exists():
        raise TellerRefusal(_("You have not approved a manifest: do so before voting opens."))
    if _approvals.read(read_line(path), str(path)).phi != state.phi:
        raise TellerRefusal(_("This record is of another ballot than the one you approved."))
    revealed, key = teller.key()
    if state.ceremony is None or state.ceremony.ctx != teller.context.ctx:
        raise TellerRefusal(_("This record is of another ceremony than yours."))
    if manifest.ballot_key != revealed.ballot_key.to_bytes():
        raise TellerRefusal(_("This record is for another key than yours."))
    if now < instant(state.closes):
        raise TellerRefusal(
            _("Voting is open until {time} by this computer's clock.").format(time=state.closes)
        )
    if manifest.witnesses.quorum == 0 and not is_spoken(state.closing_root, compared):
        raise TellerRefusal(
            _("That is not the closing fingerprint here. Compare it with another teller; stop if it differs.")
        )
    stored = teller.folder / SHARE
    if stored.exists():
        return _same(stored, state)
    if (teller.folder / RESTORED).exists() and any(
        share.teller == teller.teller for share in state.shares.values()
    ):
        raise TellerRefusal(_("Your share of this ballot is on the board already; a second is never made."))
    share = make_share(state, teller.teller, key.share, key.signing, secrets.token_bytes)
    write_line(stored, encode(share), private=True)  # durable before anyone sees it
    return encode(share)


def _same(stored: Path, state: State) -> bytes:
    line = read_line(stored)
    share = read_entry(line, str(stored))
    if not isinstance(share, Share):
        raise TellerRefusal(_("{} is damaged.").format(stored))
    due = to_decrypt(state.totals)
    if (
        share.phi != state.phi
        or share.closing.root != state.closing_root
        or [(part.question, part.group, part.place) for part in share.shares] != due
    ):
        raise TellerRefusal(
            _("Your key has decrypted another total of this ballot. It never decrypts a second one.")
        )
    return line
