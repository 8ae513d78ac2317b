"""The laws of a ballot's life hold on every path: two officers sign, nothing reopens, an end stays an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.lifecycle import ballot as b
from quorate.lifecycle.ballot import Event, Life, Refusal, State, apply, state_at

OPENS = datetime(2026, 12, 9, 14, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=2)
START = Life(
    State.DRAFT,
    OPENS,
    CLOSES,
    threshold=2,
    protest_window=timedelta(days=3),
    retention=timedelta(days=365),
)
TWO = frozenset({"ann", "ben"})
ALONE = (b.Prepare, b.Discard, b.TakeShare, b.Count, b.Protest, b.Rerun)
ORDER = {
    State.DRAFT: 0,
    State.READY: 0,
    State.SCHEDULED: 1,
    State.OPEN: 1,
    State.SUSPENDED: 1,
    State.CLOSED: 2,
    State.DECRYPTING: 3,
    State.WITHHELD: 4,
    State.RELEASED: 5,
    State.VOIDED: 5,
    State.ARCHIVED: 6,
}

officers = st.sets(st.sampled_from(["ann", "ben", "cho"])).map(frozenset)
moments = st.integers(-48, 24 * 400).map(lambda hours: OPENS + timedelta(hours=hours))
numbers = st.integers(1, 2)
events = st.one_of(
    st.builds(b.Extend, officers, moments),
    st.builds(b.Resume, officers, st.none() | moments),
    st.builds(b.Protest, officers, numbers),
    st.builds(b.Settle, officers, numbers, st.booleans()),
    *(
        st.builds(kind, officers)
        for kind in (
            *(b.Prepare, b.Discard, b.Open, b.Suspend, b.Void, b.TakeShare, b.Count, b.Release, b.Hold),
            *(b.EndHold, b.Archive, b.Correct, b.Rerun),
        )
    ),
)
steps = st.lists(st.tuples(events, st.integers(0, 60)), max_size=40)
Path = list[tuple[Life, Event, Life, datetime]]
STRAIGHT: list[tuple[Event, int]] = [
    (b.Prepare(), 0),
    (b.Open(TWO), 0),
    (b.Suspend(TWO), 2),
    (b.Resume(TWO, None), 3),
    (b.TakeShare(), 60),
    (b.TakeShare(), 0),
    (b.Count(), 0),
]


def walk(path: list[tuple[Event, int]]) -> Path:
    """What really happens on a path: events that are refused change nothing."""
    life, now, walked = START, OPENS, []
    for event, hours in path:
        now += timedelta(hours=hours)
        after = apply(life, event, now)
        if isinstance(after, Life):
            walked.append((life, event, after, now))
            life = after
        else:
            assert after.why
    return walked


@st.composite
def paths(draw: st.DrawFn) -> Path:
    """Any events, after as much of a straight beginning as is drawn: so late states are seen, too."""
    beginning = STRAIGHT[: draw(st.integers(0, len(STRAIGHT)))]
    return walk([*beginning, *draw(steps)])


@given(paths())
def test_no_path_skips_two_officers(path: Path) -> None:
    for _before, event, _after, _now in path:
        assert isinstance(event, ALONE) or len(event.officers) >= 2


@given(paths())
def test_nothing_reopens(path: Path) -> None:
    for before, event, after, now in path:
        seen = replace(before, state=state_at(before, now))
        assert ORDER[after.state] >= ORDER[seen.state] or isinstance(event, b.Discard)
        assert after.closes >= before.closes, "an end only moves later"
        assert after.closes == before.closes or isinstance(event, b.Extend | b.Resume)


@given(paths())
def test_what_is_final_stays(path: Path) -> None:
    for before, event, after, _now in path:
        if before.state in b.FINAL:
            assert isinstance(event, b.Archive | b.Correct | b.Rerun | b.Hold | b.EndHold)
        if before.state is State.ARCHIVED:
            assert isinstance(event, b.Correct)
        if before.state in b.FINAL and not isinstance(event, b.Archive):
            assert after.state is before.state


@given(paths())
def test_no_result_before_its_time(path: Path) -> None:
    for before, event, _after, now in path:
        if isinstance(event, b.Count):
            assert before.shares >= before.threshold
            assert now >= before.closes
        if isinstance(event, b.Release):
            assert now >= before.protests_until
            assert not before.open_protests
            assert not before.upheld
        if isinstance(event, b.Archive):
            assert now >= before.retained_until
            assert not before.hold


@given(paths(), moments)
def test_time_alone_opens_and_ends_voting(path: Path, now: datetime) -> None:
    for _before, _event, after, _now in path:
        state = state_at(after, now)
        assert (state is State.OPEN) <= (after.opens <= now < after.closes)
        assert ORDER[state] >= ORDER[after.state] or now < after.opens


def test_the_straight_way_exists() -> None:
    """The laws are not kept by refusing everything."""
    path = walk([*STRAIGHT, (b.Release(TWO), 24 * 4), (b.Correct(TWO), 1), (b.Archive(TWO), 24 * 366)])
    assert [after.state for _b, _e, after, _n in path] == [
        "ready", "open", "suspended", "open", "decrypting", "decrypting", "withheld", "released", "released",
        "archived",
    ]  # fmt: skip


def test_a_suspended_ballot_waits_beyond_its_end() -> None:
    path = walk([*STRAIGHT[:3], (b.Resume(TWO, CLOSES + timedelta(days=9)), 100)])
    life, now = path[-1][2], path[-1][3]
    assert life.state is State.OPEN
    assert now > CLOSES
    ended = walk([*STRAIGHT[:3], (b.Resume(TWO), 100)])
    assert ended[-1][2].state is State.CLOSED


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (b.Release(TWO), "may still protest"),
        (b.Release(frozenset({"ann"})), "Two officers"),
        (b.Extend(TWO, CLOSES + timedelta(days=9)), "cannot be done now"),
        (b.Rerun(), "void runs again"),
        (b.EndHold(TWO), "no legal hold"),
        (b.Settle(TWO, 1), "no open protest"),
    ],
)
def test_refusals_say_why(event: Event, why: str) -> None:
    counted = walk(STRAIGHT)[-1][2]
    refused = apply(counted, event, CLOSES + timedelta(hours=14))
    assert isinstance(refused, Refusal)
    assert why in refused.why


def test_a_protest_holds_the_release() -> None:
    late = CLOSES + timedelta(days=5)
    counted = walk(STRAIGHT)[-1][2]
    protested = apply(counted, b.Protest(frozenset({"ann"}), 1), late)
    assert isinstance(protested, Life)
    assert isinstance(apply(protested, b.Release(TWO), late), Refusal)
    dismissed = apply(protested, b.Settle(TWO, 1), late)
    assert isinstance(dismissed, Life)
    assert isinstance(apply(dismissed, b.Release(TWO), late), Life)
    upheld = apply(protested, b.Settle(TWO, 1, True), late)
    assert isinstance(upheld, Life)
    refused = apply(upheld, b.Release(TWO), late)
    assert isinstance(refused, Refusal)
    assert "void" in refused.why
