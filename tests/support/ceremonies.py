"""A key ceremony step by step, so that a test can change what one teller sends and see what the others do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from quorate.crypto.ceremony import rehearsal, round1, round2, round3
from quorate.crypto.ceremony.conclusion import Messages
from quorate.crypto.ceremony.context import Context
from quorate.crypto.ceremony.messages import Message, sign
from quorate.crypto.ceremony.polynomial import evaluate
from quorate.crypto.ceremony.sealing import seal
from quorate.crypto.transcript import hedged_nonce
from quorate.group import Scalar, base_mul
from support.ballots import Draws

NAMES = ("Ana", "Ben", "Cho", "Dia", "Eli")
M = TypeVar("M", bound=Message)


class Table:
    """Tellers around a table. A round is made on first use; change its list before the next one is used."""

    def __init__(self, names: Sequence[str] = NAMES, threshold: int = 3, seed: str = "ceremony") -> None:
        self.random = Draws(seed)
        self.context = Context(self.random(32), self.random(32), threshold, tuple(names))
        self.secrets = [round1.derive(self.context, i, self.random(32)) for i in self.context.indices]

    @cached_property
    def commits(self) -> list[round1.Package]:
        return [round1.commit(self.context, secret, self.random(32)) for secret in self.secrets]

    @cached_property
    def committed(self) -> round1.Committed:
        return round1.gather(self.context, self.commits)

    @cached_property
    def reveals(self) -> list[round2.Package]:
        return [round2.reveal(self.committed, secret, self.random(32)) for secret in self.secrets]

    @cached_property
    def revealed(self) -> round2.Revealed:
        return round2.gather(self.committed, self.reveals)

    @cached_property
    def keys(self) -> list[round3.KeyPackage]:
        return [round3.open_shares(self.revealed, secret) for secret in self.secrets]

    @cached_property
    def confirms(self) -> list[round3.Package]:
        return [round3.confirm(self.revealed, key, self.random(32)) for key in self.keys]

    @cached_property
    def rehearsals(self) -> list[rehearsal.Package]:
        return [
            rehearsal.rehearse(self.revealed, key, source, self.random(32))
            for key in self.keys
            for source in rehearsal.SOURCES
        ]

    def messages(self) -> Messages:
        """The whole ceremony."""
        return Messages(
            tuple(self.commits), tuple(self.reveals), tuple(self.confirms), (), tuple(self.rehearsals)
        )

    def resign(self, message: M, **changes: Any) -> M:
        """The message with changes, signed again by its own teller: nothing but its content can stop it."""
        secret = self.secrets[message.teller - 1]
        changed = replace(message, **changes)
        return sign(changed, self.context, secret.signing, secret.signing_key, self.random(32))

    def spoil_share(self, dealer: int, recipient: int, *, opens: bool) -> None:
        """Let a dealer seal a wrong share (`opens`), or a box that does not open at all."""
        package = self.reveals[dealer - 1]
        secret = self.secrets[dealer - 1]
        sealed = package.share_for(recipient)
        key = self.committed.package(recipient).encryption_key
        e = hedged_nonce(self.random(32), secret.seed, self.context.transcript("dkg-keys", bytes(32), dealer))
        wrong = evaluate(secret.coefficients, recipient) + Scalar.one()
        box = seal(wrong, e * key, base_mul(e), key, self.committed.gamma, dealer, recipient)
        if not opens:
            box = box[:-1] + bytes([box[-1] ^ 1])
        bad = replace(sealed, ephemeral=base_mul(e), box=box)
        shares = tuple(bad if share.recipient == recipient else share for share in package.shares)
        self.reveals[dealer - 1] = self.resign(package, shares=shares)
