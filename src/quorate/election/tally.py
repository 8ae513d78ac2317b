"""After close: a teller's share, the check of shares that arrive, and the result
(docs/protocol/09-tally.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from quorate.crypto import decryption, schnorr
from quorate.crypto.decryption import TallyContext
from quorate.crypto.statements import share_transcript
from quorate.crypto.tally import find_totals
from quorate.group import Element, Scalar, base_mul
from quorate.record.entries import (
    ClosingPoint,
    GroupResult,
    PartialShare,
    QuestionResult,
    Result,
    Share,
    unsigned,
)
from quorate.text import _
from quorate.verify.checks_result import V16Shares
from quorate.verify.derive import Place, group_counted, to_decrypt
from quorate.verify.state import State

Random = Callable[[int], bytes]


class TallyRefused(ValueError):
    """A share or result cannot be made or taken; the message says why."""


def tally_context(state: State, teller: int) -> TallyContext:
    """The tally context of a verified record that has reached `close` [03.8]."""
    if state.closing is None or state.aggregates is None:
        raise TallyRefused(_("The record has not reached the close of voting."))
    return TallyContext(state.phi, state.closing.index, state.closing_root, teller)


def make_share(state: State, teller: int, share: Scalar, signing: Scalar, random: Random) -> Share:
    """A teller's share over every aggregate that the teller's own verification computed [09.3], [09.4].

    Whether it may be made at all is decided before ([09.8], `election.teller_tally`).
    """
    context = tally_context(state, teller)
    parts = []
    for question, group, place in to_decrypt(state.totals):
        total = state.totals[question, group, place]
        partial, proof = decryption.partial_decrypt(
            context, share, total.a, total.b, question, group, place, random(32)
        )
        parts.append(PartialShare(group, partial, place, proof, question))
    closing = ClosingPoint(state.closing_root, state.closed.index + 1)
    bare = Share(closing, state.phi, tuple(parts), bytes(64), teller, "share")
    statement = share_transcript(context, base_mul(signing), unsigned(bare))
    signature = schnorr.sign(signing, statement, random(32))
    return msgspec.structs.replace(bare, signature=signature)


def check_share(state: State, share: Share) -> None:
    """Refuse a share that check V16 would not accept; TallyRefused names the teller and the reason [09.5]."""
    tally_context(state, share.teller)
    for finding in V16Shares().share(state, _("the share"), share):
        raise TallyRefused(str(finding))


def make_result(state: State, shares: Sequence[tuple[int, Share]]) -> Result:
    """The result from checked shares with the entry numbers they have on the board [09.5], [09.6].

    Uses the first t distinct tellers. TallyRefused when there are fewer, or the points are no possible
    totals.
    """
    manifest = state.manifest
    threshold = manifest.tellers.threshold if to_decrypt(state.totals) else 0
    used: dict[int, tuple[int, Share]] = {}
    for index, share in shares:
        used.setdefault(share.teller, (index, share))
    chosen = sorted(used.values(), key=lambda pair: pair[0])[:threshold]
    if len(chosen) < threshold:
        raise TallyRefused(
            _("{have} of the {need} tellers needed have sent a share.").format(have=len(used), need=threshold)
        )
    questions = []
    for q, (question, groups) in enumerate(zip(manifest.questions, state.groups, strict=True)):
        results = []
        for g, group in enumerate(groups or ()):
            counted = group_counted(manifest, question, group, state.closed.counted_by_unit)
            totals = (0,) * question.encoding.places
            if counted:
                points = [_message(state, chosen, (q, g, place)) for place in range(question.encoding.places)]
                totals = find_totals(question.encoding, points, counted)
            results.append(GroupResult(counted, totals, group))
        questions.append(QuestionResult(tuple(results), groups is None))
    return Result(state.phi, tuple(questions), tuple(index for index, _share in chosen), "result")


def _message(state: State, chosen: Sequence[tuple[int, Share]], key: Place) -> Element:
    if state.totals[key].a.is_identity():
        return state.totals[key].b
    partials = {
        share.teller: Element.from_canonical_bytes(part.partial)
        for _index, share in chosen
        for part in share.shares
        if (part.question, part.group, part.place) == key
    }
    return decryption.combine(state.totals[key].b, partials)
