"""The folder that tellers share: the definition of a ceremony and one file for each message.

Tellers may work on one shared folder or mail the files to each other; a file's name says what it holds, and
its content is what counts. Nothing in the folder is secret.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from quorate.crypto.ceremony import complaint, rehearsal
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import VerifiedCeremony
from quorate.crypto.ceremony.context import Context, ContextError
from quorate.crypto.ceremony.messages import Message
from quorate.election.teller_files import TellerRefusal, publish_line, read_line
from quorate.record.canonical import RecordError
from quorate.record.ceremony import (
    check_ceremony,
    collect,
    read_ceremony,
    read_definition,
    read_message,
    write_aborted,
    write_complete,
    write_definition,
    write_message,
)
from quorate.text import _

DEFINITION: Final = "definition.json"
COMPLETE: Final = "ceremony.json"
ABORTED: Final = "aborted.json"
_MESSAGE = re.compile(r"(round[123]-\d+|complaint-\d+-about-\d+|rehearsal-\d+-(backup|stored))\.json")


def name_of(message: Message) -> str:
    """The name of the file that holds a message."""
    match message:
        case complaint.Package():
            return f"complaint-{message.teller}-about-{message.dealer}.json"
        case rehearsal.Package():
            return f"rehearsal-{message.teller}-{message.source}.json"
    return f"round{message.round:d}-{message.teller}.json"


def new_context(ballot_id: bytes, threshold: int, names: Sequence[str]) -> Context:
    """A ceremony that never was before; TellerRefusal when its definition is not allowed [06.1]."""
    try:
        return Context(secrets.token_bytes(32), ballot_id, threshold, tuple(names))
    except ContextError as error:
        raise TellerRefusal(str(error)) from None


@dataclass(frozen=True, slots=True)
class Folder:
    """What a shared folder, or a public ceremony file, holds at this moment.

    `problems` maps the name of a file that is no message of this ceremony to the reason [06.5].
    """

    path: Path
    context: Context
    messages: Mapping[str, Message]
    problems: Mapping[str, str]

    @classmethod
    def create(cls, path: Path, context: Context) -> Folder:
        """Start a ceremony in a folder; TellerRefusal when another one is there."""
        path.mkdir(parents=True, exist_ok=True)
        publish_line(path / DEFINITION, write_definition(context))
        return cls(path, context, {}, {})

    @classmethod
    def read(cls, path: Path) -> Folder:
        """Read a shared folder, or a public ceremony file; RecordError without a readable definition."""
        if path.is_file():
            ceremony = read_ceremony(read_line(path), str(path))
            found = ceremony.messages
            every = (*found.round1, *found.round2, *found.round3, *found.complaints, *found.rehearsals)
            return cls(path, ceremony.context, {name_of(message): message for message in every}, {})
        context = read_definition(read_line(path / DEFINITION), str(path / DEFINITION))
        messages: dict[str, Message] = {}
        problems: dict[str, str] = {}
        for file in sorted(path.iterdir()):
            if not _MESSAGE.fullmatch(file.name):
                continue
            try:
                message = read_message(read_line(file), file.name, context)
            except RecordError as error:
                problems[file.name] = str(error)
                continue
            if name_of(message) == file.name:
                messages[file.name] = message
            else:
                problems[file.name] = _("{} holds the message {}").format(file.name, name_of(message))
        return cls(path, context, messages, problems)

    def line(self, message: Message) -> bytes:
        """The line of a message of this ceremony."""
        return write_message(self.context, message)

    def publish(self, message: Message) -> Path:
        """Put a message into the folder; TellerRefusal when a different one is there [06.6]."""
        if not self.path.is_dir():
            raise TellerRefusal(_("{} is no folder: messages go into a shared folder.").format(self.path))
        path = self.path / name_of(message)
        publish_line(path, self.line(message))
        return path

    def refuse_if_over(self) -> None:
        """TellerRefusal when the folder holds the record of an abort."""
        if (self.path / ABORTED).exists():
            problem = _("This ceremony was aborted ({}): start a new one with new secrets.")
            raise TellerRefusal(problem.format(self.path / ABORTED))

    def finish(self) -> tuple[Path, VerifiedCeremony]:
        """Write the public ceremony file once everything is there; CeremonyFailed when it is not [06.21]."""
        self.refuse_if_over()
        line = write_complete(self.context, collect(self.messages.values()))
        publish_line(self.path / COMPLETE, line)
        return self.path / COMPLETE, check_ceremony(line, COMPLETE)

    def abort(self, evidence: Sequence[Path] = ()) -> tuple[Path, CeremonyFailed]:
        """Write the public account of a ceremony without a key [06.22].

        `evidence` are files with messages that differ from those in the folder, such as the copies that a
        teller kept [06.6]. TellerRefusal when the ceremony is complete.
        """
        messages = [*self.messages.values()]
        messages += [read_message(read_line(path), str(path), self.context) for path in evidence]
        try:
            line, failure = write_aborted(self.context, collect(messages))
        except ValueError as error:
            if isinstance(error, CeremonyFailed):
                raise
            raise TellerRefusal(str(error)) from None
        if (self.path / COMPLETE).exists():
            raise TellerRefusal(_("{} is there: this ceremony has a key.").format(self.path / COMPLETE))
        publish_line(self.path / ABORTED, line)
        return self.path / ABORTED, failure
