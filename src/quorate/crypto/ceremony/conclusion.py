"""The judgement over a whole ceremony: one key that all confirmed, or the findings [06.15], [06.18]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from quorate.crypto import schnorr
from quorate.crypto.ceremony import complaint, rehearsal, round1, round2, round3
from quorate.crypto.ceremony.blame import Blame, CeremonyFailed
from quorate.crypto.ceremony.context import Context
from quorate.crypto.ceremony.messages import Message
from quorate.group import Element


@dataclass(frozen=True, slots=True)
class Messages:
    """Everything that the tellers sent, in any order, complete or not."""

    round1: tuple[round1.Package, ...] = ()
    round2: tuple[round2.Package, ...] = ()
    round3: tuple[round3.Package, ...] = ()
    complaints: tuple[complaint.Package, ...] = ()
    rehearsals: tuple[rehearsal.Package, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedCeremony:
    """The outcome of a ceremony that passed every check: what the ballot and its tally need.

    `verification_keys[j - 1]` is V_j, `signing_keys[j - 1]` is S_j; both in index order like `names`.
    """

    ballot_key: Element
    verification_keys: tuple[Element, ...]
    signing_keys: tuple[Element, ...]
    names: tuple[str, ...]
    threshold: int
    ballot_id: bytes
    ctx: bytes
    gamma: bytes
    delta: bytes


def conclude(context: Context, messages: Messages) -> VerifiedCeremony:
    """Judge a whole ceremony, rehearsals included, from its messages alone.

    CeremonyFailed with the findings of the first round that fails, which are the same for every reader of the
    same messages [06.22]; ContextError for a message of a teller who does not exist.
    """
    revealed = conclude_key(context, messages)
    blames: list[Blame] = []
    for source in rehearsal.SOURCES:
        of_source = [package for package in messages.rehearsals if package.source == source]
        what = f"it has not rehearsed from source {source}"
        blames += _one_each(context, of_source, revealed.committed.packages, what)
    for package in messages.rehearsals:
        blames += rehearsal.check(revealed, package)
    _stop(blames)
    return VerifiedCeremony(
        ballot_key=revealed.ballot_key,
        verification_keys=revealed.verification_keys,
        signing_keys=tuple(package.signing_key for package in revealed.committed.packages),
        names=context.names,
        threshold=context.threshold,
        ballot_id=context.ballot_id,
        ctx=context.ctx,
        gamma=revealed.committed.gamma,
        delta=revealed.delta,
    )


def conclude_key(context: Context, messages: Messages) -> round2.Revealed:
    """Judge rounds 1 to 3 and the complaints: the key exists when this returns [06.15].

    Raises as `conclude` does.
    """
    _known(context, messages)
    _stop(_one_each(context, messages.round1, messages.round1, "it has not sent its message of round 1"))
    committed = round1.gather(context, messages.round1)

    absent = _one_each(context, messages.round2, committed.packages, "it has not sent its message of round 2")
    _stop(absent, (blame for package in messages.round2 for blame in round2.check(committed, package)))
    revealed = round2.gather(committed, messages.round2)

    _stop(complaint.judge(revealed, package) for package in messages.complaints)

    absent = _one_each(context, messages.round3, committed.packages, "it has not sent its message of round 3")
    _stop(absent, (blame for package in messages.round3 for blame in round3.check(revealed, package)))
    return revealed


M = TypeVar("M", bound=Message)


def _stop(*findings: Iterable[Blame]) -> None:
    blames = [blame for some in findings for blame in some]
    if blames:
        raise CeremonyFailed(blames)


def _known(context: Context, messages: Messages) -> None:
    for package in (
        *messages.round1,
        *messages.round2,
        *messages.round3,
        *messages.complaints,
        *messages.rehearsals,
    ):
        context.name(package.teller)


def _one_each(
    context: Context, messages: Sequence[M], keys: Sequence[round1.Package], absent: str
) -> list[Blame]:
    """Findings about tellers with no message of a round [06.18], or with two [06.6]."""
    blames = []
    for teller in context.indices:
        own = [message for message in messages if message.teller == teller]
        if not own:
            blames.append(Blame.on(context, teller, "06.18", absent))
        elif len(own) > 1:
            blames.append(_equivocation(context, teller, own, keys))
    return blames


def _equivocation(
    context: Context, teller: int, messages: Sequence[Message], keys: Sequence[round1.Package]
) -> Blame:
    signing_key = next(package.signing_key for package in keys if package.teller == teller)
    signed = {message.body(context) for message in messages if _is_signed(context, message, signing_key)}
    number = messages[0].round
    if len(signed) > 1:
        return Blame.on(context, teller, "06.6", f"it signed different messages of round {number:d}")
    what = f"several messages of round {number:d} bear the name of teller {teller} ({context.name(teller)})"
    return Blame.on_nobody("06.6", what)


def _is_signed(context: Context, message: Message, signing_key: Element) -> bool:
    try:
        message.verify_signature(context, signing_key)
    except schnorr.SignatureError:
        return False
    return True
