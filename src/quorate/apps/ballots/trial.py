"""Test ballots: the real voting page over the draft's questions, with made-up voters.

Codes, tellers' key and officers' keys are made here and thrown away, so a test is never counted; its manifest
says that it is a test, and every page of it does.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction

from quorate.apps.ballots import services
from quorate.apps.ballots.electorate import electorate_of
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot
from quorate.apps.ballots.selectors import latest_draft
from quorate.apps.ballots.services import OPEN, Account, record_event
from quorate.apps.ballots.workplace import copy_texts, kept_text
from quorate.apps.publication.booth import offered
from quorate.apps.publication.services import store_document
from quorate.crypto.ceremony import rehearsal, round1, round2, round3
from quorate.crypto.ceremony.conclusion import Messages
from quorate.crypto.ceremony.context import Context
from quorate.election.draft import Draft
from quorate.election.officer import OfficerKey
from quorate.election.registrar import Eligible, issue_codes, new_key
from quorate.record.ceremony import check_ceremony, write_complete
from quorate.text import _

VOTERS: Final = 5
LASTS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TestLink:
    """A made-up voter and the link to vote with."""

    voter: str
    link: str = field(repr=False)


def hold_test(*, ballot: Ballot, by: Account) -> tuple[Ballot, tuple[TestLink, ...]]:
    """Open a test of a draft at once, for a day; the links are not kept. NotAllowed says what is missing."""
    found = latest_draft(ballot)
    if found is None:
        raise NotAllowed(_("There is no draft yet."))
    with transaction.atomic():
        title = _("Test: {title}").format(title=found[1].title)[:500]
        test = services.create_ballot(organisation=ballot.organisation, title=title, by=by)
        copy_texts(ballot, test)
        units, voters = _voters(found[1])
        services.save_draft(ballot=test, content=_content(found[1], title, len(voters)), base=0, by=by)
        ballot_id = bytes.fromhex(test.ballot_id)
        issue = issue_codes(new_key(secrets.token_bytes), ballot_id, bytes(32), voters, secrets.token_bytes)
        line = _ceremony(ballot_id)
        keys = [OfficerKey(_("Test officer {n}").format(n=n), secrets.token_bytes(32)) for n in (1, 2)]
        manifest = services.prepare(
            ballot=test,
            issued=issue.signed,
            credentials=issue.lines,
            units=units,
            ceremony=check_ceremony(line),
            ceremony_line=line,
            officers=[key.public for key in keys],
            by=by,
            booth=offered(),
        )
        texts = {one.sha256.hex() for question in manifest.questions for one in question.documents}
        for fingerprint in sorted(texts):
            data = kept_text(test, fingerprint) or b""
            engine().do(test.name, lambda office, data=data: store_document(office, data))  # type: ignore[misc]  # a bound default
        for key in keys:
            engine().do(test.name, lambda office, key=key: office.sign(OPEN, key))  # type: ignore[misc]  # likewise
        services.open_ballot(ballot=test, by=by)
        record_event(kind="test held", by=by, ballot=ballot, test=test.name)
    address = f"{settings.ENVIRONMENT.origin}/b/{test.name}/vote#"
    return test, tuple(TestLink(one.name, address + one.code) for one in issue.deliveries)


def _voters(draft: Draft) -> tuple[tuple[str, ...], tuple[Eligible, ...]]:
    """A few made-up voters, at least one in each unit."""
    electorate = electorate_of(draft)
    units = tuple(name for name, _n in electorate.units) if electorate else ()
    count = max(VOTERS, len(units))
    return units, tuple(
        Eligible(
            f"test-{n + 1}",
            _("Test voter {n}").format(n=n + 1) + (f", {units[n % len(units)]}" if units else ""),
            n % len(units) if units else 0,
        )
        for n in range(count)
    )


def _content(draft: Draft, title: str, voters: int) -> Draft:
    opens = engine().now().replace(second=0, microsecond=0)
    return msgspec.structs.replace(
        draft,
        title=title,
        body=_("Made-up voters"),
        zone="UTC",
        opens=f"{opens:%Y-%m-%dT%H:%M}",
        closes=f"{opens + LASTS:%Y-%m-%dT%H:%M}",
        roll_fingerprint=hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
        kind="test",
        registrar="hosted",
        tellers=(),
        threshold=0,
        question=tuple(
            msgspec.structs.replace(one, present=None if one.present is None else min(one.present, voters))
            for one in draft.question
        ),
    )


def _ceremony(ballot_id: bytes) -> bytes:
    """A whole key ceremony of two tellers whose secrets end with this function."""
    fresh = secrets.token_bytes
    context = Context(fresh(32), ballot_id, 2, (_("Test teller 1"), _("Test teller 2")))
    own = [round1.derive(context, n, fresh(round1.SEED_BYTES)) for n in context.indices]
    commits = [round1.commit(context, secret, fresh(32)) for secret in own]
    committed = round1.gather(context, commits)
    reveals = [round2.reveal(committed, secret, fresh(32)) for secret in own]
    revealed = round2.gather(committed, reveals)
    keys = [round3.open_shares(revealed, secret) for secret in own]
    confirms = [round3.confirm(revealed, key, fresh(32)) for key in keys]
    rehearsals = [
        rehearsal.rehearse(revealed, key, source, fresh(32)) for key in keys for source in rehearsal.SOURCES
    ]
    return write_complete(
        context, Messages(tuple(commits), tuple(reveals), tuple(confirms), (), tuple(rehearsals))
    )
