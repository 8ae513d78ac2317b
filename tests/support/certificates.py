"""Certificates made from figures, for tests of what is drawn from them. The verdicts are the rules
engine's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from quorate.record.certificate import (
    Board,
    Certificate,
    CertifiedQuestion,
    CertifiedTeller,
    CertifiedWindow,
    GroupVotes,
    Reconciliation,
    RuleName,
    Votes,
)
from quorate.record.manifest import Document, Provenance, Roll, Software
from quorate.rules import Counts, Rule, decide, decide_choice, preset
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report

STRIKE = "Shall the union be authorised to call a strike?"


def digest(text: str) -> bytes:
    """A fingerprint that repeats."""
    return hashlib.sha256(text.encode()).digest()


def named(rule: Rule) -> RuleName:
    """A rule as certificates name it."""
    return RuleName(rule.citation, rule.id, rule.status, rule.title, rule.version)


def yes_no(
    eligible: int,
    yes: int,
    no: int,
    blank: int = 0,
    *,
    rule: str | None = "us-il-art34-strike",
    labels: tuple[str, str, str] = (
        "Yes, authorise a strike",
        "No, do not authorise a strike",
        "Leave it blank",
    ),
    text: str = STRIKE,
    name: str = "strike",
    documents: tuple[Document, ...] = (),
    present: int | None = None,
    notice: bool | None = None,
) -> CertifiedQuestion:
    """A question decided by yes and no."""
    cast = yes + no + blank
    chosen = None if rule is None else preset(rule)
    counts = Counts(
        abstain=0,
        blank=blank,
        cast=cast,
        eligible=eligible,
        no=no,
        notice=notice,
        present=present,
        spoiled=0,
        yes=yes,
    )
    return CertifiedQuestion(
        choice=None,
        counted=cast,
        decision=None if chosen is None else decide(chosen, counts),
        documents=documents,
        eligible=eligible,
        groups=(GroupVotes(cast, eligible, (), (yes, no, blank)),),
        id=name,
        rule=None if chosen is None else named(chosen),
        text=text,
        text_sha256=digest(text),
        votes=tuple(
            Votes(key, label, n)
            for key, label, n in zip(("yes", "no", "blank"), labels, (yes, no, blank), strict=True)
        ),
        withheld=False,
    )


def choice(
    eligible: int,
    cast: int,
    votes: Sequence[tuple[str, int]],
    *,
    blank: int = 0,
    rule: str = "us-lmrda-officer",
    text: str = "Who shall be president?",
    name: str = "president",
) -> CertifiedQuestion:
    """A question decided among answers; ids are `a`, `b` and so on."""
    chosen = preset(rule)
    ids = [f"option-{number}" for number in range(1, len(votes) + 1)]
    figures = [n for _, n in votes]
    rows = [Votes(key, label, n) for key, (label, n) in zip(ids, votes, strict=True)]
    return CertifiedQuestion(
        choice=decide_choice(chosen, eligible, cast, list(zip(ids, figures, strict=True))),
        counted=cast,
        decision=None,
        documents=(),
        eligible=eligible,
        groups=(GroupVotes(cast, eligible, (), (*figures, blank)),),
        id=name,
        rule=named(chosen),
        text=text,
        text_sha256=digest(text),
        votes=(*rows, Votes("blank", "Leave it blank", blank)),
        withheld=False,
    )


def withheld(eligible: int, cast: int) -> CertifiedQuestion:
    """A question on which too few voted."""
    return msgspec.structs.replace(
        yes_no(eligible, cast, 0), counted=cast, decision=None, groups=(), votes=(), withheld=True
    )


def certificate(
    *questions: CertifiedQuestion,
    organisation: str = "Example Union",
    body: str = "All members",
    title: str = "Strike authorisation",
    replaced: int = 0,
    withdrawn: int = 0,
    revoked: int = 0,
    mode: str = "offline",
    witnesses: tuple[int, int] = (0, 0),
    provenance: Provenance | None = None,
    tellers: Sequence[tuple[str, bool]] = (
        ("Teller one", True),
        ("Teller two", False),
        ("Teller three", True),
        ("Teller four", True),
        ("Teller five", False),
    ),
) -> Certificate:
    """A certificate of these questions; the first one's figures stand for the ballot."""
    first = questions[0]
    ballots = first.counted + replaced + withdrawn
    lines = [
        Reconciliation(
            "credentials issued",
            (("still active at close", first.eligible), ("revoked", revoked)),
            first.eligible + revoked,
        ),
        Reconciliation(
            "active credentials",
            (("returned a counted ballot", first.counted), ("did not", first.eligible - first.counted)),
            first.eligible,
        ),
        Reconciliation(
            "ballots on the board",
            (
                ("counted", first.counted),
                ("replaced by a later one", replaced),
                ("withdrawn by re-issue or revocation", withdrawn),
            ),
            ballots,
        ),
    ]
    lines += [
        Reconciliation(
            f"ballots counted on question {question.id}",
            tuple((votes.label, votes.votes) for votes in question.votes),
            question.counted,
        )
        for question in questions
        if question.votes and sum(votes.votes for votes in question.votes) == question.counted
    ]
    return Certificate(
        ballot_id=digest("ballot id"),
        board=Board(
            closing_root=digest("closing root"),
            closing_size=ballots + 2,
            log_key="vote.example/1a2b3c4d5e6f7a8b+a3cfe242+AX091izQtuvhsCA1t3rXMgM4eCbePUW10FFiK5kFzut6",
            root=digest("root"),
            size=ballots + 2 + sum(used for _, used in tellers) + 1,
            witness_quorum=witnesses[0],
            witnesses=witnesses[1],
        ),
        body=body,
        ceremony=digest("ceremony"),
        credentials_mode="hosted" if mode == "hosted" else "offline",
        format=1,
        officers=("First officer", "Second officer"),
        organisation=organisation,
        origin="vote.example/1a2b3c4d5e6f7a8b",
        phi=digest("phi"),
        provenance=provenance or Provenance((), "live", ""),
        questions=questions,
        reconciliation=tuple(lines),
        roll=Roll(first.eligible + revoked, digest("roll")),
        software=Software(digest("booth"), "1.0"),
        tellers=tuple(CertifiedTeller(name, used) for name, used in tellers),
        threshold=sum(used for _, used in tellers),
        title=title,
        window=CertifiedWindow("2015-12-11T23:00:00Z", 0, "2015-12-09T14:00:00Z", "America/Chicago"),
    )


def verified(of: Certificate, *, pinned: bool = True) -> Report:
    """The report of a record that holds, as `quorate.verify` gives it; no receipts were supplied."""
    not_due = {"V22": "no receipts given"} | ({} if pinned else {"V3": "no pins given"})
    return Report(
        checked=[name for name in CHECKS if name not in not_due],
        not_due=not_due,
        pinned=pinned,
        complete=True,
        certificate=of,
    )


def chicago() -> Certificate:
    """Chicago, June 2012: carried with 89.7% of all members."""
    return certificate(
        yes_no(
            26_502,
            23_780,
            482,
            494,
            labels=("Yes, authorise a strike", "No, do not authorise a strike", "Blank or invalid"),
        ),
        organisation="Example Teachers Union",
        provenance=Provenance(
            ("no: 482, the valid votes less the yes votes",), "replay", "Chicago, June 2012, as published."
        ),
    )


def three_questions() -> Certificate:
    """A carried and a failed question and an election among twelve, hosted codes, two of three witnesses."""
    people = [(f"Candidate {name}", 1_625 - 100 * place) for place, name in enumerate("ABCDEFGHIJKL")]
    return certificate(
        yes_no(25_000, 20_000, 1_000, 100, name="strike"),
        yes_no(25_000, 18_525, 700, 275, name="levy", text="Shall every member pay a strike levy?"),
        choice(25_000, 19_500, people),
        mode="hosted",
        witnesses=(2, 3),
        replaced=1_204,
        withdrawn=3,
        revoked=2,
    )


PLAIN = ("Yes", "No", "Blank")


def by_unit() -> Certificate:
    """A question counted by unit; two units were too small to stand alone."""
    question = yes_no(100, 60, 20, 5, labels=PLAIN)
    groups = (
        GroupVotes(50, 60, ("North",), (40, 8, 2)),
        GroupVotes(35, 40, ("South", "West"), (20, 12, 3)),
    )
    return certificate(msgspec.structs.replace(question, groups=groups))


def industrial_action() -> Certificate:
    """Two questions on one paper, decided apart, where important public services are provided."""
    asked = {"strike": (26_766, 2_956, 19), "short-of-strike": (20_000, 9_700, 41)}
    texts = {"strike": "in a strike?", "short-of-strike": "in action short of a strike?"}
    return certificate(
        *(
            yes_no(
                53_766,
                *figures,
                rule="uk-ia-ips-2017",
                text=f"Are you prepared to take part {texts[name]}",
                labels=PLAIN,
                name=name,
            )
            for name, figures in asked.items()
        ),
        title="Industrial action",
    )


CASES: dict[str, Certificate] = {
    "strike-carried": chicago(),
    "strike-not-carried": certificate(yes_no(25_000, 18_525, 700, 275)),
    "tie-ronr-majority": certificate(
        yes_no(600, 250, 250, 10, rule="ronr-majority", text="Shall the motion be adopted?", labels=PLAIN),
        body="House of Delegates",
        title="Motion 7",
    ),
    "turnout-failed-uk-2026": certificate(
        yes_no(
            10_000,
            4_000,
            500,
            50,
            rule="uk-ia-2026",
            text="Are you prepared to take part in a strike?",
            labels=PLAIN,
        ),
        title="Industrial action",
    ),
    "two-questions-uk-ips": industrial_action(),
    "strike-za": certificate(
        yes_no(400, 180, 170, 2, rule="za-strike", text="Shall we strike?", labels=PLAIN), title="Strike"
    ),
    "two-thirds-ronr": certificate(
        yes_no(60, 22, 10, 3, rule="ronr-two-thirds", text="Shall debate be closed?", labels=PLAIN),
        body="House of Delegates",
        title="Motion 8",
    ),
    "final-offer-ibt": certificate(
        yes_no(
            209_043,
            42_356,
            50_248,
            rule="us-ibt-final-offer",
            text="Shall the employer's final offer be accepted?",
            labels=("Yes, accept it", "No, reject it", "Blank"),
        ),
        title="Final offer",
    ),
    "choice-of-four": certificate(
        choice(
            5_000,
            3_000,
            [("Candidate A", 1_200), ("Candidate B", 1_000), ("Candidate C", 500), ("Candidate D", 250)],
            blank=50,
        ),
        title="Election of the president",
    ),
}
"""Cases whose text is kept whole in tests/scenarios/certificates."""
