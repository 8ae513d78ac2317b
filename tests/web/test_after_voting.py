"""What two officers decide after voting: protests, release, legal hold, archive, correction, a new vote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client

from quorate.apps.ballots import after, selectors, services
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.events import public_events
from quorate.apps.ballots.life import life_of, on_hold
from quorate.apps.ballots.models import JointStep, Protest
from quorate.apps.credentials import registry
from quorate.election.registrar import Eligible
from support.officers import sign_in
from support.offices import SetClock, serve_boards
from support.running import CLOSES, OPENS, Held

Kind = JointStep.Kind


@pytest.fixture
def held(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    clock = SetClock(OPENS + timedelta(hours=4))
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Held(tmp_path, clock)
    yield made
    made.leave()


def counted(held: Held, protest_days: int = 0) -> str:
    after.set_terms(ballot=held.ballot, protest_days=protest_days, retain_days=365, by=held.ann)
    held.open()
    held.vote([0, 0, 0, 0, 0])
    held.close()
    return held.count()


def both(held: Held, kind: Kind, reason: str = "As the by-laws say", protest: Protest | None = None) -> None:
    step = after.propose_step(ballot=held.ballot, kind=kind, reason=reason, by=held.ann, protest=protest)
    after.confirm_step(step=step, by=held.ben)
    held.ballot.refresh_from_db()


def test_terms_are_fixed_before_opening(held: Held) -> None:
    held.open()
    with pytest.raises(NotAllowed, match="draft, ready"):
        after.set_terms(ballot=held.ballot, protest_days=0, retain_days=1, by=held.ann)


def test_no_release_while_members_may_protest(held: Held) -> None:
    certificate = counted(held, protest_days=3)
    with pytest.raises(NotAllowed, match="may still protest"):
        held.release(certificate)
    assert held.state == "withheld"
    held.clock.now = CLOSES + timedelta(days=3)
    held.release(certificate)
    assert held.state == "released"


def test_an_open_protest_holds_the_release(held: Held) -> None:
    certificate = counted(held)
    protest = after.record_protest(ballot=held.ballot, text="Ada was not on the roll", by=held.ann)
    with pytest.raises(NotAllowed, match="A protest is open"):
        held.release(certificate)
    step = after.propose_step(
        ballot=held.ballot, kind=Kind.DISMISS, reason="She joined later", by=held.ann, protest=protest
    )
    with pytest.raises(NotAllowed, match="a second officer"):
        after.confirm_step(step=step, by=held.ann)
    with pytest.raises(NotAllowed, match="proposed already"):
        after.propose_step(ballot=held.ballot, kind=Kind.DISMISS, reason="So", by=held.ben, protest=protest)
    with pytest.raises(NotAllowed, match="A protest is open"):
        held.release(certificate)
    after.confirm_step(step=step, by=held.ben)
    with pytest.raises(NotAllowed, match="meanwhile"):
        after.confirm_step(step=step, by=held.ben)
    held.release(certificate)
    said = [(event.words, event.reason) for event in public_events(held.ballot)][-3:]
    assert ("Two officers dismissed protest 1.", "She joined later") in said
    assert not any("Ada" in words + reason for words, reason in said), "what a protest says is for officers"


def test_an_upheld_protest_leaves_only_void(held: Held) -> None:
    certificate = counted(held)
    protest = after.record_protest(ballot=held.ballot, text="The roll was wrong", by=held.ann)
    both(held, Kind.UPHOLD, protest=protest)
    with pytest.raises(NotAllowed, match="Declare the ballot void"):
        held.release(certificate)
    held.event("void", "A protest was upheld: the roll was wrong")
    assert held.state == "voided"
    with pytest.raises(NotAllowed):
        held.release(certificate)
    new = after.rerun(ballot=held.ballot, by=held.ben)
    assert (new.rerun_of, new.title) == (held.ballot, held.ballot.title)
    assert selectors.latest_draft(new) == (1, selectors.latest_draft(held.ballot)[1])  # type: ignore[index]
    said = [event for event in public_events(held.ballot) if event.kind == "rerun"]
    assert [event.link for event in said] == [""], "nobody outside may know the address of a draft"
    assert public_events(new)[0].link == held.ballot.name


def test_only_a_void_ballot_runs_again(held: Held) -> None:
    counted(held)
    with pytest.raises(NotAllowed):
        after.rerun(ballot=held.ballot, by=held.ann)


def test_archive_erases_persons_and_keeps_the_record(held: Held) -> None:
    """Not before the retention date, not under a legal hold, and by two officers."""
    certificate = counted(held)
    after.record_protest(ballot=held.ballot, text="Ada was not on the roll", by=held.ann)
    both(held, Kind.DISMISS, protest=held.ballot.protests.get())
    held.release(certificate)
    ballot_id = bytes.fromhex(held.ballot.ballot_id)
    registry.issue(ballot_id, bytes(32), [Eligible("1", "Ada", 0)])
    with pytest.raises(NotAllowed, match="retention date"):
        both(held, Kind.ARCHIVE)
    held.clock.now = CLOSES + timedelta(days=366)
    both(held, Kind.HOLD, "A court asked for it")
    assert on_hold(held.ballot)
    with pytest.raises(NotAllowed, match="legal hold"):
        both(held, Kind.ARCHIVE)
    with pytest.raises(NotAllowed, match="a legal hold already"):
        both(held, Kind.HOLD)
    both(held, Kind.END_HOLD, "The case is over")
    assert not on_hold(held.ballot)
    trail = len(selectors.audit_trail(held.ballot))
    both(held, Kind.ARCHIVE)
    assert held.state == "archived"
    found = selectors.latest_draft(held.ballot)
    assert found is not None
    assert found[1].contact == "(erased)"
    assert held.ballot.protests.get().text == ""
    state = registry.state(ballot_id)
    assert state is not None
    assert state.destroyed
    assert selectors.result(held.ballot) is not None, "the certificate stays"
    assert len(selectors.audit_trail(held.ballot)) == trail + 2
    both(held, Kind.CORRECT, "On page 1, read Pratt for Prat.")
    assert life_of(held.ballot).corrections == 1
    for kind in (Kind.HOLD, Kind.ARCHIVE):
        with pytest.raises(NotAllowed):
            both(held, kind)


def test_a_hold_that_comes_between_stops_what_was_proposed(held: Held) -> None:
    held.release(counted(held))
    held.clock.now = CLOSES + timedelta(days=366)
    archive = after.propose_step(ballot=held.ballot, kind=Kind.ARCHIVE, reason="Time", by=held.ann)
    both(held, Kind.HOLD, "A court asked for it")
    with pytest.raises(NotAllowed, match="legal hold"):
        after.confirm_step(step=archive, by=held.ben)
    after.withdraw_step(step=archive, by=held.ben)
    with pytest.raises(NotAllowed, match="withdrawn"):
        after.confirm_step(step=archive, by=held.ben)


def test_the_database_knows_that_two_are_two(held: Held) -> None:
    held.open()
    step = after.propose_step(ballot=held.ballot, kind=Kind.HOLD, reason="A court", by=held.ann)
    for fields in ({"second": held.ann, "done": OPENS}, {"second": held.ben}, {"done": OPENS}):
        with pytest.raises(DatabaseError), transaction.atomic():
            JointStep.objects.filter(pk=step.pk).update(**fields)


def test_terms_and_needs_on_pages(held: Held, client: Client) -> None:
    """The days are set before opening; the home page names what waits for this officer."""
    sign_in(client, held.union.ann)
    held.prepare()
    assert client.get(held.path + "terms").status_code == 200
    assert client.post(held.path + "terms", {"protest_days": "-1", "retain_days": "365"}).status_code == 422
    client.post(held.path + "terms", {"protest_days": "2", "retain_days": "1096"})
    held.ballot.refresh_from_db()
    assert (held.ballot.protest_days, held.ballot.retain_days) == (2, 1096)
    held.sign(services.OPEN)
    services.open_ballot(ballot=held.ballot, by=held.ben)
    held.ballot.refresh_from_db()
    client.post(held.path + "terms", {"protest_days": "0", "retain_days": "0"})
    held.ballot.refresh_from_db()
    assert held.ballot.protest_days == 2
    held.vote([0, 0, 0])
    held.close()
    home = f"/officer/{held.union.organisation.slug}/"
    assert "Ines Okafor, Jon Pratt, Kim Sole" in client.get(home).content.decode()
    held.count()
    after.propose_step(ballot=held.ballot, kind=Kind.HOLD, reason="A court", by=held.ben)
    page = client.get(home).content.decode()
    assert "waits for its release" in page
    assert "waits for a second officer" in page
