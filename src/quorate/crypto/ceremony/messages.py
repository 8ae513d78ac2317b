"""What all messages of tellers have in common: a body, and a signature over it [06.4]."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import ClassVar, TypeVar

from quorate.crypto import schnorr
from quorate.crypto.ceremony.blame import Blame
from quorate.crypto.ceremony.context import Context
from quorate.crypto.transcript import SUITE, Transcript
from quorate.group import Element, Scalar


class Round(IntEnum):
    """The `round` of a message [06.4]."""

    COMMIT = 1
    REVEAL = 2
    CONFIRM = 3
    COMPLAIN = 4
    REHEARSE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(ABC):
    """A signed message of one teller: public, made to be sent to everybody.

    `previous` is the hash that it builds on: 32 zero bytes, Gamma or Delta.
    """

    round: ClassVar[Round]

    teller: int
    previous: bytes
    signature: bytes = b""

    @abstractmethod
    def _add_fields(self, body: Transcript) -> None:
        """Append the fields of this round in the order of [06.4]."""

    def body(self, context: Context) -> bytes:
        """The bytes that are signed, framed [06.4]."""
        body = (
            Transcript("round-message")
            .add_bytes("suite", SUITE)
            .add_bytes("ceremony", context.ctx)
            .add_number("round", self.round)
            .add_number("teller", self.teller)
            .add_bytes("previous", self.previous)
        )
        self._add_fields(body)
        return body.to_bytes()

    def verify_signature(self, context: Context, signing_key: Element) -> None:
        """Return when the teller signed this message [06.4]; schnorr.SignatureError otherwise."""
        schnorr.verify(signing_key, self._signed(context, signing_key), self.signature)

    def _signed(self, context: Context, signing_key: Element) -> Transcript:
        return (
            context.transcript("teller-message", self.previous, self.teller)
            .add_bytes("signing_key", signing_key.to_bytes())
            .add_bytes("message", hashlib.sha512(self.body(context)).digest())
        )


M = TypeVar("M", bound=Message)


def sign(message: M, context: Context, secret: Scalar, signing_key: Element, fresh: bytes) -> M:
    """The message with its signature [06.4]; `fresh` is 32 random bytes."""
    return replace(message, signature=schnorr.sign(secret, message._signed(context, signing_key), fresh))


def round_hash(context: Context, number: Round, previous: bytes, messages: Sequence[Message]) -> bytes:
    """Gamma of round 1 [06.8] or Delta of round 2 [06.12], over the messages in index order."""
    transcript = (
        Transcript("round")
        .add_bytes("suite", SUITE)
        .add_bytes("ceremony", context.ctx)
        .add_number("round", number)
        .add_bytes("previous", previous)
        .add_list("bodies", [message.body(context) for message in messages])
        .add_list("signatures", [message.signature for message in messages])
    )
    return hashlib.sha256(transcript.to_bytes()).digest()


def not_signed(context: Context, message: Message, signing_key: Element) -> Iterable[Blame]:
    """A finding when the message is not signed by the teller whose index it bears [06.5]."""
    try:
        message.verify_signature(context, signing_key)
    except schnorr.SignatureError as error:
        what = f"its message of round {message.round:d} is not its own: {error}"
        yield Blame.on(context, message.teller, "06.5", what)


def in_order(context: Context, packages: Iterable[M]) -> tuple[M, ...]:
    """One package of each teller, sorted by index [06.1].

    ValueError when one is missing, foreign or repeated.
    """
    found = sorted(packages, key=lambda package: package.teller)
    if [package.teller for package in found] != list(context.indices):
        raise ValueError(f"a round has exactly one message from each of the tellers 1 to {context.tellers}")
    return tuple(found)
