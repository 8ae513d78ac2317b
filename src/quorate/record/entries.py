"""The entries of the board, one canonical JSON line each [08.27].

Order: `open`, then ballots and events, then `close`, shares, `result`; a `void` ends the board wherever it
stands. The types in RESERVED are named now so that later versions can use them; this version reads them and
fails closed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from quorate.record.canonical import (
    Bytes32,
    Bytes64,
    Count,
    Instant,
    Line,
    Reader,
    RecordError,
    Struct,
    Text,
    check_free_form,
    encode,
    instant,
)

MAX_ENTRY_BYTES = 65_535


class Answer(Struct, frozen=True):
    """One question's ciphertexts (64 bytes each) and proofs; exact lengths are check V9."""

    ciphertexts: tuple[bytes, ...]
    proofs: tuple[bytes, ...]
    question: Count


class Ballot(Struct, frozen=True):
    """A ballot as cast [07.10], [11.6]."""

    answers: tuple[Answer, ...]
    credential: bytes
    phi: bytes
    prev: bytes
    signature: bytes
    type: Literal["ballot"]


class PasskeyAssertion(Struct, frozen=True):
    """What a passkey and the browser said beside the signature, as bytes [08.39], [11.7]."""

    authenticator_data: Annotated[bytes, msgspec.Meta(min_length=37, max_length=37)]
    client_data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=1024)]


class OfficerSignature(Struct, frozen=True):
    """A signature over an event by the officer with this index in the manifest; `passkey` is null for a
    plain key.
    """

    officer: Count
    passkey: PasskeyAssertion | None
    signature: Bytes64


class Open(Struct, frozen=True):
    """The ballot begins: two officers sign phi [08.28], [11.7]."""

    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    type: Literal["open"]


class Spoil(Struct, frozen=True):
    """A ballot that was opened to check the device, and so can never be cast [07.13]."""

    credential: Bytes32
    phi: Bytes32
    signature: Bytes64
    tracker: Bytes32
    type: Literal["spoil"]


class Reissue(Struct, frozen=True):
    """A new credential instead of a lost one [07.14]."""

    new: Bytes32
    officers: tuple[OfficerSignature, ...]
    old: Bytes32
    phi: Bytes32
    reason: Line
    registrar: Bytes64
    type: Literal["credential-reissue"]


class Revoke(Struct, frozen=True):
    """A credential removed without replacement: the roll shrinks by one [07.14]."""

    credential: Bytes32
    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    reason: Line
    registrar: Bytes64
    type: Literal["credential-revoke"]


class Extend(Struct, frozen=True):
    """A later closing time [08.29]."""

    closes: Instant
    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    reason: Line
    type: Literal["extend"]

    def __post_init__(self) -> None:
        instant(self.closes)  # ValueError for a day that no calendar has


class Notice(Struct, frozen=True):
    """A public statement about the running ballot."""

    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    text: Text
    type: Literal["notice"]


class Suspend(Struct, frozen=True):
    """Voting rests: no ballot is taken until `resume`; those that were cast stay valid [08.36]."""

    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    reason: Line
    type: Literal["suspend"]


class Resume(Struct, frozen=True):
    """Voting goes on, with a later closing time where one is given [08.36]."""

    closes: Instant | None
    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    reason: Line
    type: Literal["resume"]

    def __post_init__(self) -> None:
        if self.closes is not None:
            instant(self.closes)  # ValueError for a day that no calendar has


class Void(Struct, frozen=True):
    """The ballot decides nothing, and its board ends here [08.37]."""

    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    reason: Line
    type: Literal["void"]


class Close(Struct, frozen=True):
    """No ballot after this one counts. `last_root` commits to each active credential's last ballot
    [08.30], [11.8].
    """

    active: Count
    ballots: Count
    counted: Count
    last_root: Bytes32
    phi: Bytes32
    spoiled: Count
    superseded: Count
    type: Literal["close"]
    withdrawn: Count


class ClosingPoint(Struct, frozen=True):
    """The tree that ends with `close`: its size and root."""

    root: Bytes32
    size: Count


class PartialShare(Struct, frozen=True):
    """One teller's part of one decryption [09.3]."""

    group: Count
    partial: Bytes32
    place: Count
    proof: bytes
    question: Count


class Share(Struct, frozen=True):
    """All parts of one teller (index 1 to n), signed [09.4], [11.9]."""

    closing: ClosingPoint
    phi: Bytes32
    shares: tuple[PartialShare, ...]
    signature: Bytes64
    teller: Count
    type: Literal["share"]


class GroupResult(Struct, frozen=True):
    """The totals of one counting group: its units (empty: all who vote), ballots counted, a total for each
    place.
    """

    counted: Count
    totals: tuple[Count, ...]
    units: tuple[Count, ...]


class QuestionResult(Struct, frozen=True):
    """A question's groups; `withheld` when too few ballots were cast for any decryption [09.2]."""

    groups: tuple[GroupResult, ...]
    withheld: bool


class Result(Struct, frozen=True):
    """The outcome of the decryption, and the entries of the shares that were used [09.9], [11.10]."""

    phi: Bytes32
    questions: tuple[QuestionResult, ...]
    shares: tuple[Count, ...]
    type: Literal["result"]


RESERVED = ("challenged", "correction", "paper-total", "stage-link")


class Reserved(Struct, frozen=True):
    """A type that a later version gives a meaning; its presence fails verification here [08.31], [11.11]."""

    data: dict[str, Any]
    officers: tuple[OfficerSignature, ...]
    phi: Bytes32
    type: Literal["challenged", "correction", "paper-total", "stage-link"]

    def __post_init__(self) -> None:
        check_free_form(self.data, 1)


Event = Open | Reissue | Revoke | Extend | Notice | Suspend | Resume | Void | Reserved
Entry = Event | Ballot | Spoil | Close | Share | Result

_ballots = Reader(Ballot)
_readers: dict[str, Reader[Any]] = {
    "ballot": _ballots,
    "open": Reader(Open),
    "spoil": Reader(Spoil),
    "credential-reissue": Reader(Reissue),
    "credential-revoke": Reader(Revoke),
    "extend": Reader(Extend),
    "notice": Reader(Notice),
    "suspend": Reader(Suspend),
    "resume": Reader(Resume),
    "void": Reader(Void),
    "close": Reader(Close),
    "share": Reader(Share),
    "result": Reader(Result),
    **{name: Reader(Reserved) for name in RESERVED},
}


class _Kind(msgspec.Struct):
    type: str


_kinds = msgspec.json.Decoder(_Kind)
_BALLOT_END = b',"type":"ballot"}'


def is_ballot(line: bytes) -> bool:
    """Whether a line claims to be a ballot; cheap, and decided by the canonical form's fixed ending."""
    return line.endswith(_BALLOT_END)


def read_ballot(line: bytes, where: str) -> Ballot:
    """Parse a ballot entry; RecordError names `where`."""
    if len(line) > MAX_ENTRY_BYTES:
        raise RecordError(where, f"an entry has at most {MAX_ENTRY_BYTES} bytes, this one {len(line)}")
    return _ballots.read(line, where)


def read_entry(line: bytes, where: str) -> Entry:
    """Parse any entry by its type; RecordError for an unknown type, a wrong shape or non-canonical bytes."""
    if len(line) > MAX_ENTRY_BYTES:
        raise RecordError(where, f"an entry has at most {MAX_ENTRY_BYTES} bytes, this one {len(line)}")
    try:
        kind = _kinds.decode(line).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(where, f"not an entry of the board: {error}") from None
    reader = _readers.get(kind)
    if reader is None:
        raise RecordError(where, f"unknown entry type {kind[:40]!r}")
    entry: Entry = reader.read(line, where)
    return entry


class ReleaseApproval(Struct, frozen=True):
    """What an officer signs who approves a release; it stands on no board [08.40]."""

    certificate: Bytes32
    phi: Bytes32
    type: Literal["release-approval"]


def unsigned(entry: Event | Share | ReleaseApproval) -> bytes:
    """The canonical bytes that officers, the registrar or a teller sign: the entry without any signature."""
    bare = msgspec.structs.asdict(entry)
    for name in ("officers", "registrar", "signature"):
        bare.pop(name, None)
    return encode(bare)
