"""A manifest that contradicts itself is refused, in words that name the field [08.26]."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quorate.board.checkpoint import WitnessPolicy
from quorate.board.keys import LogSigner, WitnessSigner
from quorate.crypto.encoding import Encoding
from quorate.record.canonical import RecordError, encode
from quorate.record.entries import MAX_ENTRY_BYTES, Answer, Ballot
from quorate.record.manifest import (
    MOST_CREDENTIALS,
    Blank,
    Document,
    Manifest,
    Option,
    Question,
    manifest_problem,
    read_manifest,
)
from quorate.rules import preset
from support import edwards, examples
from support.ballots import SmallBallot

Edit = Callable[[Manifest], Manifest]
SMALL_ORDER = edwards.encode(edwards.TORSION[1])
CHOICE, MAJORITY = preset("us-lmrda-officer"), preset("us-union-officer-majority")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    made = SmallBallot(
        tmp_path_factory.mktemp("manifest"), units=("North", "South"), witness_count=2
    ).manifest
    assert manifest_problem(made) is None
    return made


def field(**changes: Any) -> Edit:
    return lambda m: replace(m, **changes)


def part(name: str, **changes: Any) -> Edit:
    return lambda m: replace(m, **{name: replace(getattr(m, name), **changes)})


def asked(**changes: Any) -> Edit:
    """The first question with these changes."""
    return lambda m: replace(m, questions=(replace(m.questions[0], **changes), *m.questions[1:]))


def among(names: str, **changes: Any) -> Edit:
    """A question that chooses among options named by single letters."""
    options = tuple(Option(name, f"Option {name}") for name in names)
    return asked(**({"options": options, "rule": None} | changes))


def officers(change: Callable[[Any, Any], tuple[Any, ...]]) -> Edit:
    return lambda m: replace(m, officers=change(*m.officers))


def log(name: str, origin: str) -> Edit:
    return lambda m: replace(m, log_key=str(LogSigner(name, bytes(32)).key), origin=origin)


def own_witness(m: Manifest) -> Manifest:
    witness = str(WitnessSigner(m.origin, bytes(range(32))).key)
    return replace(m, witnesses=WitnessPolicy(quorum=1, witnesses=(witness,)))


CONTRADICTIONS: dict[str, tuple[Edit, str]] = {
    "closes before it opens": (part("window", closes="2015-12-09T13:59:59Z"), "window"),
    "closes as it opens": (part("window", closes="2015-12-09T14:00:00Z"), "window"),
    "opens on no day": (part("window", opens="2015-02-29T00:00:00Z"), "window"),
    "threshold of none": (part("tellers", threshold=0), "threshold"),
    "threshold above the tellers": (part("tellers", threshold=4), "threshold"),
    "too many tellers": (part("tellers", names=tuple(map(str, range(256)))), "of 256"),
    "two tellers of one name": (part("tellers", names=("A", "B", "A")), "tellers"),
    "one officer": (officers(lambda one, _two: (one,)), "at least two"),
    "one officer twice": (officers(lambda one, _two: (one, one)), "same key"),
    "one officer under two names": (officers(lambda one, _two: (one, replace(one, name="B"))), "same key"),
    "two officers of one name": (officers(lambda one, two: (one, replace(two, name=one.name))), "same name"),
    "an officer's key of small order": (
        officers(lambda one, two: (one, replace(two, key=SMALL_ORDER))),
        "small order",
    ),
    "more credentials than the roll": (part("credentials", count=4), "differs from the roll"),
    "nobody": (lambda m: part("roll", count=0)(part("credentials", count=0)(m)), "credentials"),
    "more than a total can hold": (
        lambda m: part("roll", count=MOST_CREDENTIALS + 1)(
            part("credentials", count=MOST_CREDENTIALS + 1)(m)
        ),
        "2097151",
    ),
    "a group of one": (field(group_limit=1), "group_limit"),
    "two units of one name": (field(units=("A", "A")), "units"),
    "no question": (field(questions=()), "none"),
    "two questions of one id": (lambda m: replace(m, questions=m.questions * 2), "same id"),
    "the identity as ballot key": (field(ballot_key=bytes(32)), "ballot_key"),
    "a ballot key that is no element": (field(ballot_key=b"\xff" * 32), "ballot_key"),
    "the identity as registrar key": (part("credentials", registrar_key=bytes(32)), "registrar_key"),
    "a log key that is none": (field(log_key="log"), "log_key"),
    "another log than the origin": (log("a.example", "b.example"), "origin"),
    "a witness's key as log key": (
        lambda m: replace(m, log_key=m.witnesses.witnesses[0], origin="witness-0.example"),
        "not the key of a log",
    ),
    "a log that is its own witness": (own_witness, "own witness"),
    "an organisation key that is none": (field(organisation_key="key"), "organisation_key"),
    "one outcome": (among("a", blank=None), "two outcomes"),
    "most below least": (among("abc", minimum=2, maximum=1), "choices"),
    "no choice at all": (among("abc", minimum=0, maximum=0), "choices"),
    "most without least": (among("abc", maximum=2), "neither"),
    "options of one id": (among("aa"), "same id"),
    "labels of one look": (asked(options=(Option("yes", "Straße  A"), Option("no", "STRASSE a"))), "label"),
    "a blank that looks like an option": (
        asked(options=(Option("yes", "Ｙes"), Option("no", "No")), blank=Blank("blank", " yes ")),
        "label",
    ),
    "an electorate of nobody": (asked(electorate=()), "electorate"),
    "an electorate out of order": (asked(electorate=(1, 0)), "electorate"),
    "an electorate twice": (asked(electorate=(0, 0)), "electorate"),
    "an electorate that does not exist": (asked(electorate=(2,)), "electorate"),
    "counted by units that do not exist": (
        lambda m: replace(asked(tally="by-unit")(m), units=()),
        "needs units",
    ),
    "candidates for a yes and no": (asked(rule=CHOICE), "candidates"),
    "yes and no for candidates": (among("abc", rule=preset("us-ctu-ratify")), "yes and no"),
    "no formula for candidates": (among("abc", rule=preset("us-il-other-strike")), "yes and no"),
    "a majority for several seats": (among("abc", rule=MAJORITY, minimum=0, maximum=2), "one seat"),
    "a rule with a citation that no certificate holds": (
        asked(rule=replace(preset("us-il-art34-strike"), citation="c" * 501)),
        "500 characters",
    ),
    "a rule with a version that no JSON holds": (
        asked(rule=replace(preset("us-il-art34-strike"), version=2**53)),
        "version",
    ),
    "a ballot too large for the board": (among("".join(map(chr, range(0x4E00, 0x4E00 + 200)))), "65535"),
    "hidden in a unit": (field(units=("North", "So\u200buth")), "hidden"),
    "hidden in a document": (asked(documents=(Document("a\u202eb", bytes(32), 1),)), "hidden"),
    "hidden in the blank": (asked(blank=Blank("blank", "Le\u00adave")), "hidden"),
    "hidden in the note": (lambda m: part("provenance", note="\ufeff")(m), "hidden"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_contradiction(manifest: Manifest, name: str) -> None:
    """[08.26]"""
    edit, words = CONTRADICTIONS[name]
    contradicting = edit(manifest)
    problem = manifest_problem(contradicting)
    assert problem is not None
    assert words in problem
    with pytest.raises(RecordError) as refused:
        read_manifest(encode(contradicting))
    assert refused.value.message == problem


@pytest.mark.parametrize(
    "edit",
    [
        asked(electorate=(1,), tally="by-unit"),
        among("abc", rule=CHOICE),
        among("abc", rule=CHOICE, minimum=0, maximum=2),
        among("abc", rule=MAJORITY, minimum=0, maximum=1),
        among("abc", minimum=2, maximum=2, blank=None),
        asked(rule=preset("us-il-other-strike")),
        asked(text="First line\n\tsecond line"),
        lambda m: part("roll", count=MOST_CREDENTIALS)(part("credentials", count=MOST_CREDENTIALS)(m)),
    ],
)
def test_no_contradiction(manifest: Manifest, edit: Edit) -> None:
    """[08.26] [11.3]"""
    allowed = edit(manifest)
    assert read_manifest(encode(allowed)) == allowed


def test_the_largest_ballot_fits_exactly(manifest: Manifest) -> None:
    """[08.26] [08.2] What is said of a ballot's size beforehand is its size."""

    def question(options: int) -> Question:
        names = (Option(str(n), f"Option {n}") for n in range(options))
        return replace(manifest.questions[0], blank=None, options=tuple(names), rule=None)

    def size(options: int) -> int:
        encoding = Encoding(options, False)
        proofs = tuple(bytes(shape.proof_bytes) for shape in encoding.proofs)
        answer = Answer((bytes(64),) * encoding.places, proofs, 0)
        return len(encode(Ballot((answer,), bytes(32), bytes(32), bytes(32), bytes(64), "ballot")))

    most = next(n for n in range(4, 1000) if size(n + 1) > MAX_ENTRY_BYTES)
    assert manifest_problem(replace(manifest, questions=(question(most),))) is None
    problem = manifest_problem(replace(manifest, questions=(question(most + 1),)))
    assert problem is not None
    assert str(size(most + 1)) in problem


def test_two_seats_may_be_elected_with_two_votes_each(tmp_path: Path) -> None:
    """[12.8] As many seats as a ballot can choose: the certificate of such a ballot can be derived."""
    options = tuple(Option(name, f"Elect {name}") for name in "abc")
    question = SmallBallot(tmp_path / "form").questions[0]
    question = replace(question, options=options, rule=CHOICE, minimum=0, maximum=2, id="board")
    ballot = SmallBallot(tmp_path / "ballot", questions=(question,), seed="seats")
    box = ballot.open_box()

    examples.cast(box, *(ballot.vote(voter, [(0, [0, voter % 3])]) for voter in (1, 2)))
    examples.cast(box, ballot.vote(3, [(0, [0, 2])]))
    report = ballot.finish(box)
    assert report.ok
    assert report.certificate is not None
    decided = report.certificate.questions[0].choice
    assert decided is not None
    assert (decided.elected, decided.seats, decided.margin) == (("a", "c"), 2, 1)
