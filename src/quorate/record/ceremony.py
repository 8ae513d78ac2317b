"""The public ceremony file, the definition and the single messages as lines of canonical JSON [06.21].

The functions take and return a line without its LF [02.7]. `check_ceremony` verifies a whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from quorate.crypto.ceremony import complaint, rehearsal, round1, round2, round3
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import Messages, VerifiedCeremony, conclude
from quorate.crypto.ceremony.context import Context
from quorate.crypto.ceremony.messages import Message
from quorate.record.canonical import Reader, RecordError, Struct, encode
from quorate.record.ceremony_forms import (
    Commit,
    Complain,
    Confirm,
    Definition,
    Finding,
    MessageForm,
    Rehearse,
    Reveal,
    from_context,
    from_message,
    to_context,
    to_message,
)

__all__ = [
    "AbortedCeremony",
    "Ceremony",
    "CeremonyFile",
    "Messages",
    "VerifiedCeremony",
    "check_ceremony",
    "collect",
    "read_ceremony",
    "read_definition",
    "read_message",
    "write_aborted",
    "write_complete",
    "write_definition",
    "write_message",
]


class CeremonyFile(Struct, frozen=True):
    """Everything public about a ceremony, complete or aborted [06.21], [11.13]."""

    abort: tuple[Finding, ...] | None
    commits: tuple[Commit, ...]
    complaints: tuple[Complain, ...]
    confirms: tuple[Confirm, ...]
    definition: Definition
    format: Literal["quorate-ceremony/1"]
    rehearsals: tuple[Rehearse, ...]
    reveals: tuple[Reveal, ...]


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A public ceremony file, read and not yet judged; `abort` is None where it claims to be complete."""

    context: Context
    messages: Messages
    abort: tuple[Finding, ...] | None


class AbortedCeremony(CeremonyFailed):
    """A public ceremony file records an abort, and is right about it: there is no key [06.22]."""


class _AnyType(msgspec.Struct):
    type: str


_definitions = Reader(Definition)
_files = Reader(CeremonyFile)
_messages: dict[
    str, Reader[Commit] | Reader[Reveal] | Reader[Confirm] | Reader[Complain] | Reader[Rehearse]
] = {
    "commit": Reader(Commit),
    "reveal": Reader(Reveal),
    "confirm": Reader(Confirm),
    "complain": Reader(Complain),
    "rehearse": Reader(Rehearse),
}


def write_definition(context: Context) -> bytes:
    """The line that starts a ceremony [06.2]."""
    return encode(from_context(context))


def read_definition(line: bytes, where: str) -> Context:
    """The ceremony that a line defines; RecordError when it is not allowed [06.1]."""
    return to_context(_definitions.read(line, where), where)


def write_message(context: Context, message: Message) -> bytes:
    """The line of one message [06.4]."""
    return encode(from_message(context, message))


def read_message(line: bytes, where: str, context: Context) -> Message:
    """The message in a line; RecordError when it is none of this ceremony [06.5].

    Its signature is checked where it is used, not here.
    """
    try:
        kind = msgspec.json.decode(line, type=_AnyType).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(where, f"is no message of a key ceremony: {error}") from None
    if kind not in _messages:
        raise RecordError(where, f"a key ceremony has no message of type {kind!r}")
    return to_message(_messages[kind].read(line, where), context, where)


def collect(messages: Iterable[Message]) -> Messages:
    """The messages by round, in the order given."""
    found = list(messages)
    return Messages(
        round1=tuple(message for message in found if isinstance(message, round1.Package)),
        round2=tuple(message for message in found if isinstance(message, round2.Package)),
        round3=tuple(message for message in found if isinstance(message, round3.Package)),
        complaints=tuple(message for message in found if isinstance(message, complaint.Package)),
        rehearsals=tuple(message for message in found if isinstance(message, rehearsal.Package)),
    )


def write_complete(context: Context, messages: Messages) -> bytes:
    """The public file of a ceremony that gave a key [06.21]; CeremonyFailed when it did not."""
    conclude(context, messages)
    return encode(_file(context, messages, None))


def write_aborted(context: Context, messages: Messages) -> tuple[bytes, CeremonyFailed]:
    """The public file of a ceremony without a key, and its findings [06.22].

    ValueError when the messages do give a key; CeremonyFailed when one is not signed by its teller, since
    such a message must not enter the public account as that teller's deed [06.5].
    """
    try:
        conclude(context, messages)
    except CeremonyFailed as failure:
        _refuse_unsigned(failure)
        return encode(_file(context, messages, _findings(failure))), failure
    raise ValueError("this ceremony is complete: it has a key and cannot be aborted")


def read_ceremony(line: bytes, where: str) -> Ceremony:
    """The content of a public ceremony file, not yet judged; RecordError unless in its exact form."""
    file = _files.read(line, where)
    context = to_context(file.definition, where)
    forms: list[MessageForm] = [
        *file.commits,
        *file.reveals,
        *file.confirms,
        *file.complaints,
        *file.rehearsals,
    ]
    messages = collect(to_message(form, context, where) for form in forms)
    if encode(_file(context, messages, file.abort)) != line:
        raise RecordError(where, "its messages or findings are not sorted, or one is repeated [06.21]")
    return Ceremony(context, messages, file.abort)


def check_ceremony(line: bytes, where: str = "ceremony.json") -> VerifiedCeremony:
    """Verify a public ceremony file completely, from nothing but itself (check V7) [06.21].

    RecordError when it cannot be read, or lists other findings than its messages show. CeremonyFailed with
    every finding when there is no key: AbortedCeremony when the file says so itself.
    """
    ceremony = read_ceremony(line, where)
    if ceremony.abort is None:
        return conclude(ceremony.context, ceremony.messages)
    try:
        conclude(ceremony.context, ceremony.messages)
    except CeremonyFailed as failure:
        _refuse_unsigned(failure)
        if ceremony.abort != _findings(failure):
            raise RecordError(
                where, f"lists other findings than its messages show: {failure} [06.22]"
            ) from None
        raise AbortedCeremony(failure.blames) from None
    raise RecordError(where, "says that it was aborted, but its messages are complete [06.22]")


def _refuse_unsigned(failure: CeremonyFailed) -> None:
    unsigned = [blame for blame in failure.blames if blame.clause == "06.5"]
    if unsigned:
        raise CeremonyFailed(unsigned)


def _findings(failure: CeremonyFailed) -> tuple[Finding, ...]:
    found = {(blame.clause, blame.teller) for blame in failure.blames}
    return tuple(Finding(clause=clause, teller=teller) for clause, teller in sorted(found))


def _file(context: Context, messages: Messages, abort: Sequence[Finding] | None) -> CeremonyFile:
    """The file with everything sorted, and nothing twice."""
    forms: dict[bytes, MessageForm] = {}
    for message in (
        *messages.round1,
        *messages.round2,
        *messages.round3,
        *messages.complaints,
        *messages.rehearsals,
    ):
        form = from_message(context, message)
        forms[encode(form)] = form
    return CeremonyFile(
        abort=None if abort is None else tuple(sorted(set(abort), key=lambda f: (f.clause, f.teller))),
        commits=_sorted(Commit, forms),
        complaints=_sorted(Complain, forms),
        confirms=_sorted(Confirm, forms),
        definition=from_context(context),
        format="quorate-ceremony/1",
        rehearsals=_sorted(Rehearse, forms),
        reveals=_sorted(Reveal, forms),
    )


F = TypeVar("F", Commit, Complain, Confirm, Rehearse, Reveal)


def _sorted(kind: type[F], forms: dict[bytes, MessageForm]) -> tuple[F, ...]:
    """The forms of one kind by teller, then by the source of a rehearsal, then by their bytes."""
    found = [
        (form.teller, getattr(form, "source", ""), line, form)
        for line, form in forms.items()
        if isinstance(form, kind)
    ]
    return tuple(form for _, _, _, form in sorted(found, key=lambda item: item[:3]))
