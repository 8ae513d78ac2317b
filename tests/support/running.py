"""A ballot of two officers by the site's own services: opened, voted, closed, counted as a test asks.

    held = Held(tmp_path, clock).open()
    held.vote([0, 0, 1]); held.close(); held.share(1); held.share(3); held.count()

Needs `db` or `site`, and `serve_boards` with the clock.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from quorate.apps.ballots import live, selectors, services, tellers
from quorate.apps.ballots.desk import Cast
from quorate.apps.ballots.models import Ballot, TellerSeat
from quorate.apps.ballots.running import make_event
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.draft import Draft, DraftOption, DraftQuestion
from quorate.election.voter import VoterProgram
from quorate.record.ceremony import check_ceremony
from quorate.record.manifest import Manifest
from support.ballots import SmallBallot
from support.officers import Union, two_officers
from support.offices import SetClock, shares_for

OPENS = datetime(2026, 12, 9, 14, tzinfo=UTC)
CLOSES = datetime(2026, 12, 11, 23, tzinfo=UTC)


def draft(title: str = "Strike authorisation") -> Draft:
    """Three days in December, in Chicago."""
    question = DraftQuestion(
        id="strike",
        text="Shall the union be authorised to call a strike?",
        options=(DraftOption("yes", "Yes, authorise a strike"), DraftOption("no", "No, do not")),
        rule="us-il-art34-strike",
    )
    return Draft(
        organisation="Example Union",
        body="All members",
        title=title,
        contact="The office, room 12",
        zone="America/Chicago",
        opens="2026-12-09T08:00",
        closes="2026-12-11T17:00",
        roll_fingerprint="5a" * 32,
        host="vote.example",
        question=(question,),
        group_limit=2,
        kind="live",
    )


class Held:
    """The ballot, its officers, and the parties outside the server."""

    def __init__(
        self,
        folder: Path,
        clock: SetClock,
        voters: int = 6,
        units: tuple[str, ...] = (),
        slug: str = "example",
    ) -> None:
        self.folder, self.clock = folder, clock
        self.union: Union = two_officers(slug)
        self.ann, self.ben = self.union.ann.account, self.union.ben.account
        names = ("Ines Okafor", "Jon Pratt", "Kim Sole")
        self.small = SmallBallot(folder, voters, units=units, names=names, seed=secrets.token_hex(8))
        self.ballot: Ballot = services.create_ballot(organisation=slug, title="Strike", by=self.ann)
        self.ballot.ballot_id = self.small.ballot_id.hex()
        self.ballot.save()
        self._units = units

    @property
    def path(self) -> str:
        """The ballot's address for officers."""
        return f"/officer/{self.union.organisation.slug}/ballots/{self.ballot.name}/"

    @property
    def manifest(self) -> Manifest:
        return selectors.manifest_of(self.ballot)

    @property
    def state(self) -> str:
        self.ballot.refresh_from_db()
        return selectors.standing(self.ballot).state

    def prepare(self) -> Held:
        """Draft it and fix the draft."""
        small = self.small
        services.save_draft(ballot=self.ballot, content=draft(), base=0, by=self.ann)
        services.prepare(
            ballot=self.ballot,
            issued=small.issue.signed,
            credentials=small.issue.lines,
            units=self._units,
            ceremony=check_ceremony(small.tellers.file),
            ceremony_line=small.tellers.file,
            officers=[officer.public for officer in small.officers],
            by=self.ann,
        )
        return self

    def open(self) -> Held:
        """Up to the open board."""
        self.prepare()
        self.sign(services.OPEN)
        services.open_ballot(ballot=self.ballot, by=self.ben)
        self.ballot.refresh_from_db()
        return self

    def sign(self, subject: str, officers: Sequence[int] = (0, 1)) -> None:
        """The officers sign with their keys: ann the first, ben the second."""
        for number in officers:
            by, key = (self.ann, self.ben)[number], self.small.officers[number]
            services.approve(ballot=self.ballot, subject=subject, key=key, by=by)

    def event(self, kind: str, reason: str = "The post was late", closes: datetime | None = None) -> int:
        """Propose, sign and post an event; its entry number."""
        event = make_event(self.ballot, kind, reason=reason, closes=closes)
        name = services.propose(ballot=self.ballot, event=event, by=self.ann)
        self.sign(name)
        index = services.post(ballot=self.ballot, name=name, by=self.ben)
        self.ballot.refresh_from_db()
        return index

    def vote(self, choices: Sequence[int], first: int = 1) -> None:
        """Members vote in order, from the first on."""
        for voter, choice in enumerate(choices, start=first):
            code = self.small.issue.deliveries[voter - 1].code
            made = VoterProgram(self.manifest).seal(code, [(0, [choice])], NO_PREVIOUS, secrets.token_bytes)
            answer = live.engine().desk(self.ballot.name).cast(made.line).result()
            if not isinstance(answer, Cast):
                raise AssertionError(answer)  # noqa: TRY004 - the test failed

    def close(self) -> None:
        """Let the time pass; the desk closes by itself."""
        self.clock.now = max(self.clock.now, live.engine().desk(self.ballot.name).figures().closes)
        self.clock.now += timedelta(seconds=2)
        live.engine().close_due()

    def share_line(self, teller: int) -> bytes:
        """What `quorate teller decrypt` writes for this teller."""
        office = live.engine().desk(self.ballot.name).office
        return shares_for(self.small, office, self.folder, (teller,))[0].read_bytes()

    def share(self, teller: int) -> None:
        """A teller sends the share."""
        services.take_share(ballot=self.ballot, share=self.share_line(teller), by=None)

    def link(self, teller: int) -> str:
        """The secret of a teller's personal link, as it was handed out before opening."""
        name = self.manifest.tellers.names[teller - 1]
        TellerSeat.objects.get_or_create(
            ballot=self.ballot, number=teller, defaults={"name": name, "token": secrets.token_hex(32)}
        )
        made = tellers.renew_link(ballot=self.ballot, number=teller, by=self.ann)
        return made.path.split("#")[1]

    def count(self) -> str:
        """Two tellers' shares, and the result; its fingerprint."""
        self.share(1)
        self.share(3)
        return services.fingerprint(services.count(ballot=self.ballot, by=self.ann))

    def release(self, certificate: str) -> None:
        """Both officers approve, and it is released."""
        for by in (self.ann, self.ben):
            services.approve_release(ballot=self.ballot, certificate=certificate, by=by)
        services.release(ballot=self.ballot, by=self.ann)
        self.ballot.refresh_from_db()

    def leave(self) -> None:
        """Remove what the server keeps of it."""
        live.stop()
        shutil.rmtree(settings.ENVIRONMENT.boards / self.ballot.ballot_id, ignore_errors=True)
