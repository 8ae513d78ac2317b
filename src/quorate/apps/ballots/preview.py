"""The withheld result as it will look when it is released, from a verification of the very same record."""

from __future__ import annotations

from typing import Final

import msgspec

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot
from quorate.apps.publication.selectors import Verified, fingerprint
from quorate.election.folder import pins_of
from quorate.election.office import Office
from quorate.files import write_whole
from quorate.record.container import Container
from quorate.text import _
from quorate.verify.findings import Report
from quorate.verify.run import verify

_KEPT: Final = "withheld-verified.json"


def withheld_report(ballot: Ballot) -> Report:
    """The verification of the counted record; NotAllowed when there is none that is withheld.

    It is done once for a result, at the first look, and kept.
    """
    return _report(engine().desk(ballot.name).office)


def _report(office: Office) -> Report:
    folder, certificate = office.folder / "withheld", office.certificate()
    if office.released or certificate is None or not folder.exists():
        raise NotAllowed(_("There is no result that waits for its release."))
    path, mine = office.folder / _KEPT, fingerprint(certificate)
    if path.exists():
        kept = msgspec.json.decode(path.read_bytes(), type=Verified)
        if kept.certificate == mine:
            return Report([], list(kept.checked), kept.not_due, kept.pinned, True, certificate)
    with Container(folder) as container:
        report = verify(container, pins=pins_of(office.manifest))
    if report.ok:
        kept = Verified(mine, tuple(report.checked), report.not_due, report.pinned)
        write_whole(path, msgspec.json.encode(kept))
    return report
