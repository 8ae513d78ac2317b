"""Where a ballot stands in its life: the stage of the database and the state of its board, put together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, JointStep, Protest, Stage
from quorate.apps.ballots.reading import Figures, Phase
from quorate.election.office import Office
from quorate.lifecycle.ballot import Event, Life, Refusal, State, apply
from quorate.verify.derive import group_counted, groups_of

_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_STATES: Final = {
    Phase.SCHEDULED: State.SCHEDULED,
    Phase.OPEN: State.OPEN,
    Phase.SUSPENDED: State.SUSPENDED,
    Phase.CLOSED: State.CLOSED,
    Phase.WITHHELD: State.WITHHELD,
    Phase.RELEASED: State.RELEASED,
    Phase.VOIDED: State.VOIDED,
}


def figures_of(ballot: Ballot) -> Figures:
    """Where the ballot's board stands now; TryAgain when it cannot be read at this moment."""
    desk = engine().desk(ballot.name)
    desk.ready().result()
    return desk.figures()


def now_of(ballot: Ballot) -> datetime:
    """The time at the ballot's desk, which never goes back."""
    return engine().desk(ballot.name).now()


def state_now(ballot: Ballot, figures: Figures) -> State:
    """The one word for where a ballot with a manifest stands."""
    if ballot.stage == Stage.READY:
        return State.READY
    if ballot.stage == Stage.ARCHIVED:
        return State.ARCHIVED
    state = _STATES[figures.phase]
    if state is State.CLOSED and engine().desk(ballot.name).office.shares():
        return State.DECRYPTING
    return state


def life_of(ballot: Ballot) -> Life:
    """The ballot's state now, with the facts that its next steps depend on."""
    if ballot.stage == Stage.DRAFT:
        return Life(State.DRAFT, _NEVER, _NEVER, 1)
    figures, office = figures_of(ballot), engine().desk(ballot.name).office
    shares = len(office.shares())
    protests = ballot.protests.all()
    return Life(
        state=state_now(ballot, figures),
        opens=figures.opens,
        closes=figures.closes,
        threshold=shares_needed(office, figures),
        protest_window=timedelta(days=ballot.protest_days),
        retention=timedelta(days=ballot.retain_days),
        shares=shares,
        open_protests=frozenset(one.number for one in protests if one.state == Protest.State.OPEN),
        upheld=any(one.state == Protest.State.UPHELD for one in protests),
        hold=on_hold(ballot),
        corrections=len(corrections(ballot)),
    )


def shares_needed(office: Office, figures: Figures) -> int:
    """How many tellers' shares make a result; none where nothing will be decrypted [09.2]."""
    manifest, counted = office.manifest, figures.counted
    for question in manifest.questions:
        for group in groups_of(manifest, question, counted) or ():
            if group_counted(manifest, question, group, counted):
                return manifest.tellers.threshold
    return 0


def check_event(ballot: Ballot, event: Event) -> Life:
    """The ballot as it will be after the event; NotAllowed says why it is not possible now."""
    after = apply(life_of(ballot), event, now_of(ballot) if ballot.stage != Stage.DRAFT else _NEVER)
    if isinstance(after, Refusal):
        raise NotAllowed(after.why)
    return after


def on_hold(ballot: Ballot) -> bool:
    """Whether a legal hold forbids to erase anything."""
    kinds = (JointStep.Kind.HOLD, JointStep.Kind.END_HOLD)
    last = ballot.steps.filter(kind__in=kinds, done__isnull=False).order_by("done", "pk").last()
    return last is not None and last.kind == JointStep.Kind.HOLD


def corrections(ballot: Ballot) -> list[JointStep]:
    """Public notes about clerical slips, the oldest first."""
    return list(ballot.steps.filter(kind=JointStep.Kind.CORRECT, done__isnull=False).order_by("done", "pk"))
