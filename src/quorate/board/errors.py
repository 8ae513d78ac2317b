"""What can go wrong on the board, one class for each thing a caller may want to handle apart."""

from __future__ import annotations


class BoardError(Exception):
    """Base of all errors of this layer. The message says what is wrong, with which item, and what to do."""


class Malformed(BoardError, ValueError):
    """A note, checkpoint, key, policy or receipt is not in its one accepted form.

    A ValueError, so that a decoder that builds a policy reports it with the path to the field.
    """


class SignatureRefused(BoardError):
    """A signature that is needed is missing, or one by a known key does not verify."""


class QuorumMissing(BoardError):
    """Fewer witnesses cosigned a checkpoint than the witness policy demands."""


class ProofRefused(BoardError):
    """An inclusion or consistency proof does not prove what it claims."""


class EntryRefused(BoardError):
    """An entry has a form that the board does not take; nothing of its batch was written."""


class CosignFailed(BoardError):
    """A witness could not be asked or declined. Raised by cosigners."""


class NotWitnessed(BoardError):
    """Entries are sequenced and signed for good, but the quorum is missing: no receipt yet [08.23].

    Not a loss, and not to be appended again: `Log.publish` asks the witnesses once more, and the entries get
    their receipts then.
    """


class AppendFailed(BoardError):
    """Writing failed. Nothing of the batch was acknowledged [08.22].

    Its entries may or may not be on the board: after the next successful call read the entries from the size
    that the log had before, instead of assuming either.
    """


class StorageBusy(BoardError):
    """Another process has this board open for writing."""


class CheckpointConflict(BoardError):
    """The latest checkpoint is not the one that was to be replaced: someone else wrote to this board."""


class StorageDamaged(BoardError):
    """Stored data contradicts a signed checkpoint. The log signs nothing until this is resolved.

    `places` names each damaged place, such as `entries.jsonl line 42`.
    """

    def __init__(self, message: str, places: tuple[str, ...]) -> None:
        super().__init__(message)
        self.places = places
