"""Ballots in the states that everybody can see, as a server finds them: rows, offices and boards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from quorate.apps.ballots import live
from quorate.apps.ballots.models import Ballot, Release, Stage
from quorate.apps.organisation.models import Organisation
from quorate.apps.publication.services import keep_reports, publish_reports
from quorate.election.folder import write_certificate
from quorate.election.office import Office
from quorate.record.certificate import Certificate
from quorate.record.entries import Suspend, Void
from quorate.record.manifest import Manifest, Provenance
from support.ballots import SmallBallot, line
from support.certificates import verified
from support.offices import make_office, name_of, shares_for

YES, NO, BLANK = 0, 1, 2


def organisation(slug: str = "example", name: str = "Example Union") -> Organisation:
    """An organisation, made once."""
    made, _new = Organisation.objects.get_or_create(
        slug=slug, defaults={"name": name, "zone": "America/Chicago", "help": "312-555-0100, weekdays"}
    )
    return made


class Shown:
    """A small ballot with its office in the server's folder and its row in the database."""

    def __init__(self, ballot: SmallBallot, boards: Path, organisation: str = "example") -> None:
        self.small, self.boards = ballot, boards
        self.name = name_of(ballot)
        self.office: Office = make_office(ballot, boards)
        self.row = Ballot.objects.create(
            ballot_id=ballot.ballot_id.hex(),
            organisation=organisation,
            title=ballot.manifest.title,
            stage=Stage.READY,
        )

    @property
    def path(self) -> str:
        """Where everybody finds it."""
        return f"/b/{self.name}/"

    def stage(self, stage: Stage) -> None:
        """What officers have done."""
        Ballot.objects.filter(pk=self.row.pk).update(stage=stage)

    def _alone(self) -> None:
        """Have the server let go of the board; it takes it up again with the next page."""
        live.engine().forget(self.name)

    def open(self) -> Shown:
        """Begin the board."""
        self._alone()
        self.office.open()
        self.stage(Stage.OPENED)
        return self

    def vote(self, choices: Sequence[int | Sequence[int]], now: datetime) -> Shown:
        """Members vote in order; a choice is one for the first question, or one for each."""
        self._alone()
        with self.office.box() as box:
            for voter, choice in enumerate(choices, start=1):
                each = [choice] if isinstance(choice, int) else choice
                ballot = self.small.vote(voter, [(at, [one]) for at, one in enumerate(each)])
                box.submit([line(ballot)], now)
        self.office.publish()
        return self

    def post(self, event: Suspend | Void, now: datetime) -> Shown:
        """Put an event on the board that both officers signed, as the service does."""
        self._alone()
        name = self.office.new_name(event.type)
        self.office.propose(name, event)
        for officer in self.small.officers:
            self.office.sign(name, officer)
        self.office.post(name, now)
        return self

    def close(self) -> Shown:
        """End voting."""
        self._alone()
        with self.office.box() as box:
            due = box.closes + timedelta(seconds=1)
        self.office.close(due)
        return self

    def count(self, folder: Path) -> Shown:
        """Make the result, withheld."""
        self._alone()
        self.office.count(shares_for(self.small, self.office, folder))
        return self

    def release(self, at: datetime | None = None) -> Shown:
        """Publish the counted result, as the service does."""
        self._alone()
        self.office.release()
        publish_reports(self.office)
        return self._released("0" * 64, at)

    def show(self, certificate: Certificate, at: datetime | None = None) -> Shown:
        """Let the page show these figures, as if the whole record had been verified and released."""
        self._alone()
        write_certificate(self.office.record, certificate)
        keep_reports(self.office, verified(certificate))
        return self._released("0" * 64, at)

    def _released(self, fingerprint: str, at: datetime | None) -> Shown:
        made = Release.objects.create(ballot=self.row, certificate=fingerprint)
        if at is not None:
            Release.objects.filter(pk=made.pk).update(created=at)
        self.stage(Stage.RELEASED)
        return self


def titled(
    title: str,
    then: Callable[[Manifest], Manifest] = lambda one: one,
    organisation: str = "Example Union",
) -> Callable[[Manifest], Manifest]:
    """For `SmallBallot(change=...)`: this title, and no mark of a test."""
    return lambda manifest: then(
        replace(manifest, title=title, organisation=organisation, provenance=Provenance((), "live", ""))
    )
