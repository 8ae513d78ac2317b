"""What a record proves: groups, aggregates, counts, verdicts, and the certificate that states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quorate.crypto.elgamal import Ciphertext
from quorate.crypto.tally import partition
from quorate.record.certificate import (
    Board,
    Certificate,
    CertifiedQuestion,
    CertifiedTeller,
    CertifiedWindow,
    GroupVotes,
    Reconciliation,
    RuleName,
    VoidBoard,
    VoidCertificate,
    VoidQuestion,
    Votes,
)
from quorate.record.entries import Close, QuestionResult
from quorate.record.manifest import Manifest, Question
from quorate.rules import Counts, Decision, decide
from quorate.rules.choice import ChoiceDecision, decide_choice
from quorate.verify.state import State

Groups = tuple[tuple[int, ...], ...]
Place = tuple[int, int, int]
"""Question, group and ciphertext place of an aggregate."""


def groups_of(manifest: Manifest, question: Question, counted: Sequence[int]) -> Groups | None:
    """The counting groups of a question by units, `()` standing for all who vote; None where all is withheld
    [09.2].
    """
    mine = [n if question.votes(unit) else 0 for unit, n in enumerate(counted)]
    if question.tally == "all":
        return ((),) if partition([sum(mine)], manifest.group_limit) else None
    groups = partition(mine, manifest.group_limit)
    if groups is None:
        return None
    return tuple(group for group in groups if all(question.votes(unit) for unit in group))


def group_counted(
    manifest: Manifest, question: Question, units: Sequence[int], counted: Sequence[int]
) -> int:
    """The number of counted ballots in a group."""
    return sum(n for unit, n in enumerate(counted) if question.votes(unit) and (not units or unit in units))


def to_decrypt(totals: Mapping[Place, Ciphertext]) -> list[Place]:
    """The aggregates that tellers decrypt, in the order of their parts [09.3].

    One whose A is the identity hides nothing: its B is the total already. Voters whose randomness cancels can
    make one, and must not stop the count by it.
    """
    return sorted(place for place, total in totals.items() if not total.a.is_identity())


def outcome_counts(question: Question, result: QuestionResult) -> tuple[int, ...]:
    """Votes for each outcome over all groups [09.7]; ValueError for totals that are not possible."""
    counts = [0] * question.encoding.outcomes
    for group in result.groups:
        for i, votes in enumerate(question.encoding.counts(group.totals, group.counted)):
            counts[i] += votes
    return tuple(counts)


def verdict(
    question: Question, eligible: int, counted: int, votes: Sequence[int]
) -> tuple[Decision | None, ChoiceDecision | None]:
    """Apply the manifest's rule to the counts [12.2]; the one place where figures meet the rule."""
    if question.rule is None:
        return None, None
    if question.yes_no:
        blank = votes[2] if question.blank else 0
        abstain = question.blank is not None and question.blank.kind == "abstain"
        counts = Counts(
            abstain=blank if abstain else 0,
            blank=0 if abstain else blank,
            cast=counted,
            challenged=0,
            eligible=eligible,
            no=votes[1],
            notice=question.facts.notice,
            present=question.facts.present,
            spoiled=0,
            yes=votes[0],
        )
        return decide(question.rule, counts), None
    named = [(option.id, n) for option, n in zip(question.options, votes, strict=False)]
    seats = question.maximum or 1  # as many as a ballot can choose
    return None, decide_choice(question.rule, eligible=eligible, cast=counted, votes=named, seats=seats)


def certificate(state: State) -> Certificate | None:
    """The certificate of a finished record, from nothing but recomputed facts; None while one is missing,
    and for a ballot that is void.

    ValueError when the published totals or groups are not possible (checks V17 and V18 say which).
    """
    manifest, closing, result, close = state.manifest, state.closing, state.result, state.close
    if state.void is not None:
        return None
    if closing is None or result is None or close is None or len(result.questions) != len(manifest.questions):
        return None
    used = {state.shares[index].teller for index in result.shares if index in state.shares}
    return Certificate(
        ballot_id=manifest.ballot_id,
        board=Board(
            closing_root=state.closing_root,
            closing_size=closing.index + 1,
            log_key=manifest.log_key,
            root=state.tree.root(),
            size=state.tree.size,
            witness_quorum=manifest.witnesses.quorum,
            witnesses=len(manifest.witnesses.witnesses),
        ),
        body=manifest.body,
        ceremony=manifest.tellers.ceremony,
        credentials_mode=manifest.credentials.mode,
        format=1,
        officers=tuple(officer.name for officer in manifest.officers),
        organisation=manifest.organisation,
        origin=manifest.origin,
        phi=state.phi,
        provenance=manifest.provenance,
        questions=tuple(
            _question(state, q, question, answer)
            for q, (question, answer) in enumerate(zip(manifest.questions, result.questions, strict=True))
        ),
        reconciliation=_reconciliation(state, close),
        roll=manifest.roll,
        software=manifest.software,
        tellers=tuple(
            CertifiedTeller(name, index in used) for index, name in enumerate(manifest.tellers.names, start=1)
        ),
        threshold=manifest.tellers.threshold,
        title=manifest.title,
        window=_window(state),
    )


def void_certificate(state: State) -> VoidCertificate | None:
    """The certificate of a ballot that was declared void [11.19]; None for any other."""
    manifest, void = state.manifest, state.void
    if void is None:
        return None
    return VoidCertificate(
        ballot_id=manifest.ballot_id,
        ballots=state.ballots,
        board=VoidBoard(
            log_key=manifest.log_key,
            root=state.tree.root(),
            size=state.tree.size,
            void=state.void_index,
            witness_quorum=manifest.witnesses.quorum,
            witnesses=len(manifest.witnesses.witnesses),
        ),
        body=manifest.body,
        format=1,
        officers=tuple(officer.name for officer in manifest.officers),
        organisation=manifest.organisation,
        origin=manifest.origin,
        phi=state.phi,
        provenance=manifest.provenance,
        questions=tuple(VoidQuestion(q.id, q.text, q.text_sha256) for q in manifest.questions),
        reason=void.reason,
        roll=manifest.roll,
        software=manifest.software,
        title=manifest.title,
        verdict="void",
        window=_window(state),
    )


def _window(state: State) -> CertifiedWindow:
    window = state.manifest.window
    return CertifiedWindow(
        closed=state.closes, extensions=state.extensions, opened=window.opens, zone=window.zone
    )


def _question(state: State, q: int, question: Question, result: QuestionResult) -> CertifiedQuestion:
    closing, manifest = state.closed, state.manifest
    counted = group_counted(manifest, question, (), closing.counted_by_unit)
    eligible = group_counted(manifest, question, (), closing.eligible_by_unit)
    votes: tuple[int, ...] = ()
    decision: Decision | None = None
    choice: ChoiceDecision | None = None
    if not result.withheld:
        votes = outcome_counts(question, result)
        decision, choice = verdict(question, eligible, counted, votes)
    names = [(option.id, option.label) for option in question.options]
    if question.blank:
        names.append((question.blank.kind, question.blank.label))
    rule = question.rule
    return CertifiedQuestion(
        choice=choice,
        counted=counted,
        decision=decision,
        documents=question.documents,
        eligible=eligible,
        groups=tuple(
            GroupVotes(
                counted=group.counted,
                eligible=group_counted(manifest, question, group.units, closing.eligible_by_unit),
                units=_unit_names(manifest, group.units),
                votes=question.encoding.counts(group.totals, group.counted),
            )
            for group in result.groups
        ),
        id=question.id,
        rule=None
        if rule is None
        else RuleName(rule.citation, rule.id, rule.status, rule.title, rule.version),
        text=question.text,
        text_sha256=question.text_sha256,
        votes=tuple(Votes(*name, n) for name, n in zip(names, votes, strict=False)),
        withheld=result.withheld,
    )


def _unit_names(manifest: Manifest, units: Sequence[int]) -> tuple[str, ...]:
    """The names of units; ValueError for one that does not exist (check V18 says which groups there are)."""
    if any(unit >= len(manifest.units) for unit in units):
        raise ValueError("a result names a unit that does not exist")
    return tuple(manifest.units[unit] for unit in units)


def _reconciliation(state: State, close: Close) -> tuple[Reconciliation, ...]:
    """The lines that must add up (docs/protocol/10-verification.md, [10.19])."""
    closing, manifest = state.closed, state.manifest
    lines = [
        Reconciliation(
            "credentials issued",
            (("still active at close", close.active), ("revoked", state.revoked)),
            manifest.roll.count,
        ),
        Reconciliation(
            "active credentials",
            (("returned a counted ballot", close.counted), ("did not", closing.active - closing.counted)),
            close.active,
        ),
        Reconciliation(
            "ballots on the board",
            (
                ("counted", close.counted),
                ("replaced by a later one", close.superseded),
                ("withdrawn by re-issue or revocation", close.withdrawn),
            ),
            close.ballots,
        ),
    ]
    if state.result is not None:
        for question, result in zip(manifest.questions, state.result.questions, strict=False):
            if not result.withheld:
                names = [option.label for option in question.options]
                names += [question.blank.label] if question.blank else []
                if question.encoding.single:
                    votes = outcome_counts(question, result)
                    lines.append(
                        Reconciliation(
                            f"ballots counted on question {question.id}",
                            tuple(zip(names, votes, strict=True)),
                            group_counted(manifest, question, (), closing.counted_by_unit),
                        )
                    )
    return tuple(lines)
