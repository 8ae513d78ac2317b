"""A ballot by its officers' services, over a real database and a real board: from a draft to a release."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction

from quorate.apps.ballots import live, selectors, services
from quorate.apps.ballots.desk import Cast
from quorate.apps.ballots.errors import EditConflict, NotAllowed, UnknownBallot
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.draft import Draft, DraftOption, DraftQuestion
from quorate.election.officer import OfficerKey
from quorate.election.voter import VoterProgram
from quorate.record.ceremony import check_ceremony
from quorate.record.entries import Extend
from quorate.record.manifest import Manifest
from quorate.rules import Outcome
from support.ballots import SmallBallot
from support.offices import SetClock, serve_boards, shares_for

NOON = datetime(2026, 12, 10, 18, tzinfo=UTC)
AFTER = datetime(2026, 12, 11, 23, 0, 2, tzinfo=UTC)


def draft(title: str = "Strike authorisation") -> Draft:
    question = DraftQuestion(
        id="strike",
        text="Shall the union be authorised to call a strike?",
        options=(DraftOption("yes", "Yes, authorise"), DraftOption("no", "No, do not")),
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
    )


class Union:
    """Two officers with their keys, and the parties outside the server."""

    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.clock, self.folder = clock, folder
        self.parties = SmallBallot(folder, voters=6, seed=secrets.token_hex(8))
        users = get_user_model().objects
        self.ann, self.ben = (
            users.create_user(name, password=secrets.token_hex(8)) for name in ("ann", "ben")
        )
        self.ballot = services.create_ballot(organisation="example", title="Strike", by=self.ann)
        self.ballot.ballot_id = self.parties.ballot_id.hex()
        self.ballot.save()

    def prepare(self) -> Manifest:
        parties = self.parties
        services.save_draft(ballot=self.ballot, content=draft(), base=0, by=self.ann)
        return services.prepare(
            ballot=self.ballot,
            issued=parties.issue.signed,
            credentials=parties.issue.lines,
            units=(),
            ceremony=check_ceremony(parties.tellers.file),
            ceremony_line=parties.tellers.file,
            officers=[officer.public for officer in parties.officers],
            by=self.ann,
        )

    def sign(self, subject: str) -> int:
        first, second = self.parties.officers
        services.approve(ballot=self.ballot, subject=subject, key=first, by=self.ann)
        return services.approve(ballot=self.ballot, subject=subject, key=second, by=self.ben)

    def open(self) -> Manifest:
        manifest = self.prepare()
        assert self.sign(services.OPEN) == 2
        services.open_ballot(ballot=self.ballot, by=self.ben)
        return manifest

    def vote(self, manifest: Manifest, voter: int, choice: int, prev: bytes = NO_PREVIOUS) -> bytes:
        code = self.parties.issue.deliveries[voter - 1].code
        sealed = VoterProgram(manifest).seal(code, [(0, [choice])], prev, secrets.token_bytes)
        answer = asyncio.run(live.engine().cast(self.ballot.name, sealed.line))
        assert isinstance(answer, Cast)
        return sealed.tracker

    def state(self) -> str:
        self.ballot.refresh_from_db()
        return selectors.standing(self.ballot).state


@pytest.fixture
def union(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Union]:
    clock = SetClock(NOON)
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Union(tmp_path, clock)
    yield made
    live.stop()
    shutil.rmtree(settings.ENVIRONMENT.boards / made.ballot.ballot_id, ignore_errors=True)


def test_from_draft_to_release(union: Union) -> None:
    """Each step in its order, each by services alone, each in the audit trail."""
    assert union.state() == "draft"
    manifest = union.prepare()
    assert union.state() == "ready"
    assert selectors.manifest_of(union.ballot) == manifest
    union.sign(services.OPEN)
    assert [row.officer for row in selectors.approvals(union.ballot, services.OPEN)] == [union.ann, union.ben]
    services.open_ballot(ballot=union.ballot, by=union.ben)
    assert union.state() == "open"
    for voter in range(1, 6):
        union.vote(manifest, voter, 0)
    extension = Extend("2026-12-11T23:00:01Z", (), manifest.phi, "the post was late", "extend")
    name = services.propose(ballot=union.ballot, event=extension, by=union.ann)
    union.sign(name)
    services.post(ballot=union.ballot, name=name, by=union.ann)
    union.clock.now = AFTER - timedelta(seconds=2)
    with pytest.raises(NotAllowed, match="cannot end earlier"):
        services.close_ballot(ballot=union.ballot, by=union.ann)
    union.clock.now = AFTER
    services.close_ballot(ballot=union.ballot, by=union.ann)
    assert union.state() == "closed"
    turnout = live.engine().desk(union.ballot.name).turnout
    assert turnout.points[-1].counted == 5, "the chart ends with the end"
    office = live.engine().desk(union.ballot.name).office
    shares = [path.read_bytes() for path in shares_for(union.parties, office, union.folder)]
    services.take_share(ballot=union.ballot, share=shares[0], by=None)
    with pytest.raises(NotAllowed, match="1 of the 2 tellers"):
        services.count(ballot=union.ballot, by=union.ann)
    assert services.take_share(ballot=union.ballot, share=shares[1], by=None) == 3
    assert selectors.shares_in(union.ballot) == (1, 3)
    certificate = services.count(ballot=union.ballot, by=union.ann)
    decision = certificate.questions[0].decision
    assert decision is not None
    assert decision.outcome is Outcome.CARRIED
    assert union.state() == "withheld"
    assert selectors.result(union.ballot) == certificate
    looked_at = services.fingerprint(certificate)
    with pytest.raises(NotAllowed, match="Look at it again"):
        services.approve_release(ballot=union.ballot, certificate="0" * 64, by=union.ann)
    for _ in range(2):  # the same officer twice is one
        assert services.approve_release(ballot=union.ballot, certificate=looked_at, by=union.ann) == 1
    with pytest.raises(NotAllowed, match="Two officers"):
        services.release(ballot=union.ballot, by=union.ann)
    assert services.approve_release(ballot=union.ballot, certificate=looked_at, by=union.ben) == 2
    services.release(ballot=union.ballot, by=union.ann)
    assert union.state() == "released"
    kinds = [event.kind for event in selectors.audit_trail(union.ballot)]
    assert kinds == [
        "created", "draft saved", "prepared", "signed", "signed", "opened", "proposed", "signed", "signed",
        "posted", "closed", "share taken", "share taken", "counted", "release approved", "release approved",
        "released",
    ]  # fmt: skip


def test_two_officers_edit_at_once(union: Union) -> None:
    """The later one is told, and nothing is overwritten."""
    services.save_draft(ballot=union.ballot, content=draft("First"), base=0, by=union.ann)
    with pytest.raises(EditConflict, match="version 1"):
        services.save_draft(ballot=union.ballot, content=draft("Second"), base=0, by=union.ben)
    assert services.save_draft(ballot=union.ballot, content=draft("Third"), base=1, by=union.ben).number == 2
    latest = selectors.latest_draft(union.ballot)
    assert latest is not None
    assert (latest[0], latest[1]) == (2, draft("Third"))
    assert [version.author for version in selectors.draft_versions(union.ballot)] == [union.ann, union.ben]
    copy = services.copy_ballot(ballot=union.ballot, by=union.ben)
    assert copy.ballot_id != union.ballot.ballot_id
    assert selectors.latest_draft(copy) == (1, draft("Third"))


def test_two_officers_are_two_people_with_two_keys(union: Union) -> None:
    union.prepare()
    first, second = union.parties.officers
    services.approve(ballot=union.ballot, subject=services.OPEN, key=first, by=union.ann)
    for key, by in ((second, union.ann), (first, union.ben)):
        with pytest.raises(NotAllowed):
            services.approve(ballot=union.ballot, subject=services.OPEN, key=key, by=by)
    with pytest.raises(NotAllowed, match="not an officer"):
        services.approve(
            ballot=union.ballot, subject=services.OPEN, key=OfficerKey("A stranger", bytes(32)), by=union.ben
        )
    with pytest.raises(NotAllowed, match="Two officers"):
        services.open_ballot(ballot=union.ballot, by=union.ann)
    assert union.state() == "ready"


def test_steps_out_of_order(union: Union) -> None:
    ballot, ann = union.ballot, union.ann
    with pytest.raises(NotAllowed, match="draft"):
        services.open_ballot(ballot=ballot, by=ann)
    with pytest.raises(UnknownBallot):
        selectors.manifest_of(ballot)
    union.open()
    with pytest.raises(NotAllowed, match="opened"):
        services.save_draft(ballot=ballot, content=draft(), base=1, by=ann)
    for step in (services.count, services.release):
        with pytest.raises(NotAllowed):
            step(ballot=ballot, by=ann)
    with pytest.raises(NotAllowed, match="Shares are taken once voting has closed"):
        services.take_share(ballot=ballot, share=b"{}", by=None)


def test_a_result_is_fixed_by_what_was_drafted(union: Union) -> None:
    """Codes made for another ballot, or a rule that does not fit, never become a ballot."""
    other = SmallBallot(union.folder / "other", voters=6, seed="for another")
    services.save_draft(ballot=union.ballot, content=draft(), base=0, by=union.ann)
    with pytest.raises(NotAllowed, match="another ballot"):
        services.prepare(
            ballot=union.ballot, issued=other.issue.signed, credentials=other.issue.lines, units=(),
            ceremony=check_ceremony(other.tellers.file), ceremony_line=other.tellers.file,
            officers=[officer.public for officer in other.officers], by=union.ann,
        )  # fmt: skip
    assert not (settings.ENVIRONMENT.boards / other.ballot_id.hex()).exists()
    assert union.state() == "draft"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ballots_auditevent SET kind = 'nothing'",
        "DELETE FROM ballots_auditevent",
        "TRUNCATE ballots_auditevent",
    ],
)
def test_the_audit_trail_cannot_be_changed(union: Union, statement: str) -> None:
    """The database itself refuses, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ballots_auditevent ENABLE TRIGGER ballots_audit_no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert [event.kind for event in selectors.audit_trail(union.ballot)] == ["created"]


def test_no_vote_is_in_the_database(union: Union) -> None:
    """E12: a dump of every table holds no credential, tracker, ciphertext or code of those who voted."""
    manifest = union.open()
    trackers = [union.vote(manifest, voter, voter % 2) for voter in (1, 2, 3)]
    dump = _dump()
    assert union.ballot.ballot_id in dump, "the dump is of this database"
    entries = live.engine().do(
        union.ballot.name, lambda office: (office.folder / "board" / "entries.jsonl").read_text()
    )
    secrets_ = [tracker.hex() for tracker in trackers]
    for voter in (1, 2, 3):
        secrets_ += [
            union.parties.credential(voter).public.hex(),
            union.parties.issue.deliveries[voter - 1].code,
        ]
    for line in entries.splitlines()[1:]:
        cast = msgspec.json.decode(line)
        secrets_ += [cast["credential"], cast["signature"], *cast["answers"][0]["ciphertexts"]]
    assert [one for one in secrets_ if one in dump] == []


def _dump() -> str:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names from the database itself
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


PEOPLE = ("member", "voter", "person", "email", "phone", "address", "account", "username")
CONTENT = ("credential", "tracker", "ciphertext", "receipt", "choice", "vote")


def test_no_row_joins_a_person_to_a_ballot_cast(db: None) -> None:
    """E12: from no row do foreign keys lead both to a person and to a credential, tracker or vote."""
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if not name.startswith("django_")
        ]
        columns = {name: _columns(cursor, name) for name in tables}
        leads = {name: _targets(cursor, name) for name in tables}
    assert columns["ballots_approval"] >= {"officer_id"}
    assert joined(columns, leads) == []


def test_the_search_for_joins_finds_one() -> None:
    columns = {"member": {"name", "email"}, "code": {"credential"}, "sent": {"id"}, "office": {"id"}}
    assert joined(columns, {"sent": {"member", "code"}, "code": set(), "member": {"office"}}) == ["sent"]
    assert joined(columns, {"sent": {"member"}, "code": {"office"}, "member": {"office"}}) == []
    assert joined({**columns, "code": {"credential", "member_number"}}, {}) == ["code"]


def joined(columns: dict[str, set[str]], leads: dict[str, set[str]]) -> list[str]:
    """The tables a row of which leads to a person and to what a ballot contains."""

    def said(table: str, words: tuple[str, ...]) -> bool:
        names = {column for name in reach(table) for column in columns.get(name, ())}
        return any(word in name for name in names for word in words)

    def reach(table: str) -> set[str]:
        seen, waiting = set[str](), [table]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += leads.get(name, ())
        return seen

    return [table for table in columns if said(table, PEOPLE) and said(table, CONTENT)]


def _columns(cursor: Any, table: str) -> set[str]:
    return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _targets(cursor: Any, table: str) -> set[str]:
    return {target for _column, target in connection.introspection.get_relations(cursor, table).values()}
