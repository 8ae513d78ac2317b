"""The teller's tool: one teller's part of a key ceremony, as steps on a private and a shared folder [06.23].

The private folder holds `definition.json`, `key.json` (the seed, encrypted) and `messages/`: a copy of every
message that this teller sent or used. The copy is durable before a message or an answer to it is sent, so
that a step that died half-way is repeated with the same bytes, and a file that changes later is noticed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from quorate.crypto.ceremony import complaint, rehearsal, round1, round2, round3
from quorate.crypto.ceremony.conclusion import conclude_key
from quorate.crypto.ceremony.context import Context, ContextError
from quorate.crypto.ceremony.messages import Message
from quorate.crypto.fingerprint import is_spoken
from quorate.crypto.schnorr import SignatureError
from quorate.election.ceremony_folder import DEFINITION, Folder, name_of
from quorate.election.teller_files import (
    TellerKey,
    TellerRefusal,
    make_private_folder,
    open_key,
    publish_line,
    read_line,
    seal_key,
    write_line,
)
from quorate.record.ceremony import collect, read_definition, read_message, write_definition, write_message
from quorate.text import _

KEY: Final = "key.json"
MESSAGES: Final = "messages"
RESTORED: Final = "restored.json"
"""Marks a folder made from a backup: what this key approved or decrypted before is not known there [09.8]."""

M = TypeVar("M", bound=Message)


class Teller:
    """One teller of one ceremony, with its secrets. Make it with `start`, `open` or `restore`."""

    def __init__(self, folder: Path, context: Context, secret: round1.SecretPackage) -> None:
        self.folder = folder
        self.context = context
        self.secret = secret

    def __repr__(self) -> str:
        return f"Teller({self.teller}, ...)"

    @property
    def teller(self) -> int:
        """The index of this teller."""
        return self.secret.teller

    # -- folders --

    @classmethod
    def start(cls, folder: Path, shared: Folder, teller: int, passphrase: str) -> Teller:
        """A new private folder with a new seed; the same one again when it is there already."""
        if (folder / KEY).exists():
            found = cls.open(folder, passphrase)
            if (found.context, found.teller) != (shared.context, teller):
                problem = _("{} belongs to teller {} of a ceremony already: choose another folder.")
                raise TellerRefusal(problem.format(folder, found.teller))
            return found
        seed = secrets.token_bytes(round1.SEED_BYTES)
        return cls._make(folder, shared.context, teller, seed, passphrase)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Teller:
        """The teller of a private folder; TellerRefusal for a wrong passphrase, RecordError for damage."""
        context = read_definition(read_line(folder / DEFINITION), str(folder / DEFINITION))
        return cls(folder, context, _derive(context, open_key(folder / KEY, passphrase), folder / KEY))

    @classmethod
    def restore(cls, folder: Path, backup: Path, shared: Folder, passphrase: str) -> Teller:
        """A new private folder from a backup and the public messages of a ceremony with a key [06.19]."""
        if (folder / KEY).exists():
            raise TellerRefusal(_("{} holds a key already: choose another folder.").format(folder))
        secret = _derive(shared.context, open_key(backup, passphrase), backup)
        revealed = conclude_key(shared.context, collect(shared.messages.values()))
        _open_own(revealed, secret)
        restored = cls._make(folder, shared.context, secret.teller, secret.seed, passphrase)
        write_line(folder / RESTORED, b"{}", private=True)
        rounds = (round1.Package, round2.Package, round3.Package)
        restored._keep(message for message in shared.messages.values() if isinstance(message, rounds))
        return restored

    @classmethod
    def _make(cls, folder: Path, context: Context, teller: int, seed: bytes, passphrase: str) -> Teller:
        try:
            secret = round1.derive(context, teller, seed)
        except ContextError as error:
            raise TellerRefusal(str(error)) from None
        sealed = seal_key(TellerKey(ceremony=context.ctx, seed=seed, teller=teller), passphrase)
        make_private_folder(folder)
        make_private_folder(folder / MESSAGES)
        write_line(folder / DEFINITION, write_definition(context), private=True)
        write_line(folder / KEY, sealed, private=True)
        return cls(folder, context, secret)

    # -- rounds --

    def commit(self, shared: Folder) -> Path:
        """Round 1: send keys and the hash of the coefficients [06.7]."""
        self._belongs(shared)
        name = f"round1-{self.teller}.json"
        return self._send(shared, name, lambda fresh: round1.commit(self.context, self.secret, fresh))

    def reveal(self, shared: Folder, compared: str) -> Path:
        """Round 2: send coefficients, proof and sealed shares [06.9].

        `compared` is the fingerprint of round 1 as another teller read it aloud [06.8]; TellerRefusal when it
        is not the one of the messages here.
        """
        self._belongs(shared)
        committed = self._committed(shared)
        if not is_spoken(committed.gamma, compared):
            raise TellerRefusal(
                _("That is not the fingerprint of round 1 here: tellers were shown different messages. Stop.")
            )
        self._keep(committed.packages)
        name = f"round2-{self.teller}.json"
        return self._send(shared, name, lambda fresh: round2.reveal(committed, self.secret, fresh))

    def confirm(self, shared: Folder) -> Path:
        """Round 3: check all that the others sent, and confirm it [06.14]."""
        self._belongs(shared)
        revealed = self._revealed(shared)
        self._refuse_complaints(shared, revealed)
        try:
            key = round3.open_shares(revealed, self.secret)
        except round3.BadShares as bad:
            problem = _("{}. There can be no key: send the complaint (quorate teller complain).")
            raise TellerRefusal(problem.format(bad)) from None
        self._keep(revealed.packages)
        name = f"round3-{self.teller}.json"
        return self._send(shared, name, lambda fresh: round3.confirm(revealed, key, fresh))

    def complain(self, shared: Folder) -> list[Path]:
        """Complain of every dealer whose share is bad [06.16]; TellerRefusal when all are right."""
        self._belongs(shared)
        if self._copy(f"round3-{self.teller}.json").exists():
            raise TellerRefusal(_("You confirmed this ceremony: every share was right."))
        revealed = self._revealed(shared)
        try:
            round3.open_shares(revealed, self.secret)
        except round3.BadShares as bad:
            self._keep(revealed.packages)
            return [self._complain_of(shared, revealed, dealer) for dealer in bad.dealers]
        raise TellerRefusal(_("Every share you got is right: a complaint would convict you."))

    def rehearse(self, shared: Folder) -> Path:
        """Decrypt the rehearsal's point with the key as this folder keeps it [06.20]."""
        self._belongs(shared)
        if not self._copy(f"round3-{self.teller}.json").exists():
            raise TellerRefusal(_("You have not confirmed this ceremony: do round 3 first."))
        revealed = self._revealed(shared)
        self._refuse_complaints(shared, revealed)
        confirms = self._of_round(shared, round3.Package)
        round3.gather(revealed, confirms)
        self._keep(confirms)
        revealed, key = self.key()
        return _publish_rehearsal(shared, revealed, key, "stored")

    def key(self) -> tuple[round2.Revealed, round3.KeyPackage]:
        """The confirmed ceremony and this teller's key, from the private folder alone.

        TellerRefusal before all tellers confirmed. This is what a tally decrypts with [09.3].
        """
        messages = [
            read_message(read_line(path), str(path), self.context)
            for path in sorted((self.folder / MESSAGES).glob("round*.json"))
        ]
        collected = collect(messages)
        if len(collected.round3) != self.context.tellers:
            raise TellerRefusal(_("This folder has no key yet: rehearse after all tellers have confirmed."))
        revealed = conclude_key(self.context, collected)
        return revealed, _open_own(revealed, self.secret)

    def backup(self, target: Path, passphrase: str) -> None:
        """Write a key file with the seed elsewhere, under its own passphrase [06.19]."""
        key = TellerKey(ceremony=self.context.ctx, seed=self.secret.seed, teller=self.teller)
        if target.exists():
            raise TellerRefusal(_("{} is there already: nothing was replaced.").format(target))
        write_line(target, seal_key(key, passphrase), private=True)

    # -- what others sent --

    def _committed(self, shared: Folder) -> round1.Committed:
        return round1.gather(self.context, self._of_round(shared, round1.Package))

    def _revealed(self, shared: Folder) -> round2.Revealed:
        return round2.gather(self._committed(shared), self._of_round(shared, round2.Package))

    def _of_round(self, shared: Folder, kind: type[M]) -> list[M]:
        """One message of a round from each teller; TellerRefusal when one is missing or has changed."""
        found = []
        missing = []
        for teller in self.context.indices:
            name = f"round{kind.round:d}-{teller}.json"
            message = shared.messages.get(name)
            copy = self._copy(name)
            if copy.exists():
                kept = read_line(copy)
                if message is not None and shared.line(message) != kept:
                    problem = _("{} has changed since it was used here: the copy is {}. Stop and compare.")
                    raise TellerRefusal(problem.format(name, copy))
                message = read_message(kept, str(copy), self.context)
            if isinstance(message, kind):
                found.append(message)
            elif name in shared.problems:
                raise TellerRefusal(
                    _("{}. Ask teller {} for it again.").format(shared.problems[name], teller)
                )
            else:
                missing.append(f"{teller} ({self.context.name(teller)})")
        if missing:
            problem = _("Round {} is not complete: waiting for teller {}.")
            raise TellerRefusal(problem.format(f"{kind.round:d}", ", ".join(missing)))
        return found

    def _refuse_complaints(self, shared: Folder, revealed: round2.Revealed) -> None:
        for message in collect(shared.messages.values()).complaints:
            commitment = revealed.committed.package(message.teller)
            try:
                message.verify_signature(self.context, commitment.signing_key)
            except SignatureError:
                continue  # not a message of that teller [06.5]
            blame = complaint.judge(revealed, message)
            raise TellerRefusal(_("There is a complaint, so there can be no key: {}").format(blame))

    # -- what this teller keeps and sends --

    def _belongs(self, shared: Folder) -> None:
        if shared.context != self.context:
            problem = _("{} belongs to another ceremony than {}.")
            raise TellerRefusal(problem.format(shared.path, self.folder))
        shared.refuse_if_over()

    def _copy(self, name: str) -> Path:
        return self.folder / MESSAGES / name

    def _keep(self, messages: Iterable[Message]) -> None:
        for message in messages:
            publish_line(self._copy(name_of(message)), write_message(self.context, message))

    def _send(self, shared: Folder, name: str, make: Callable[[bytes], Message]) -> Path:
        """Make a message once, keep it, then send it; a repeat sends the kept bytes [06.23]."""
        copy = self._copy(name)
        if copy.exists():
            message = read_message(read_line(copy), str(copy), self.context)
        else:
            message = make(secrets.token_bytes(32))
            self._keep([message])
        return shared.publish(message)

    def _complain_of(self, shared: Folder, revealed: round2.Revealed, dealer: int) -> Path:
        name = f"complaint-{self.teller}-about-{dealer}.json"
        return self._send(
            shared, name, lambda fresh: complaint.complain(revealed, self.secret, dealer, fresh)
        )


def rehearse_backup(backup: Path, shared: Folder, passphrase: str) -> Path:
    """Restore the key from a backup and public messages; decrypt the rehearsal's point with it [06.20]."""
    shared.refuse_if_over()
    secret = _derive(shared.context, open_key(backup, passphrase), backup)
    revealed = conclude_key(shared.context, collect(shared.messages.values()))
    return _publish_rehearsal(shared, revealed, _open_own(revealed, secret), "backup")


def _publish_rehearsal(
    shared: Folder, revealed: round2.Revealed, key: round3.KeyPackage, source: rehearsal.Source
) -> Path:
    name = f"rehearsal-{key.teller}-{source}.json"
    earlier = shared.messages.get(name)
    if isinstance(earlier, rehearsal.Package) and not list(rehearsal.check(revealed, earlier)):
        return shared.path / name  # done before; a second one would say nothing new
    return shared.publish(rehearsal.rehearse(revealed, key, source, secrets.token_bytes(32)))


def _derive(context: Context, key: TellerKey, where: Path) -> round1.SecretPackage:
    if key.ceremony != context.ctx:
        raise TellerRefusal(_("{} is the key of another ceremony.").format(where))
    return round1.derive(context, key.teller, key.seed)


def _open_own(revealed: round2.Revealed, secret: round1.SecretPackage) -> round3.KeyPackage:
    try:
        return round3.open_shares(revealed, secret)
    except ValueError as error:
        raise TellerRefusal(str(error)) from None
