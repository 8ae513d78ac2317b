"""Signed notes (c2sp.org/signed-note): a text, an empty line, and signature lines."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

import msgspec

from quorate.board.errors import Malformed
from quorate.text import _

MAX_NOTE_SIZE = 1_000_000
"""Bytes; a longer note is refused before it is looked at [08.5]."""

MAX_SIGNATURES = 100
"""Signature lines in a note [08.5]; the specification asks for at least 16."""

KEY_ID_SIZE = 4

_LINE_START = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def decode_base64(text: str) -> bytes:
    """Decode standard base64 in its one canonical form. Raises Malformed."""
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed(_("{text!r} is not base64.").format(text=text[:80])) from error
    if encode_base64(data) != text:  # padding bits that are not zero decode to the same bytes
        raise Malformed(_("{text!r} is not canonical base64.").format(text=text[:80]))
    return data


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return b64encode(data).decode("ascii")


def decode_decimal(text: str) -> int:
    """Decode an ASCII decimal without sign or leading zeros, below 2^63. Raises Malformed."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= 1 << 63:
        raise Malformed(_("{text!r} is not a plain decimal number below 2^63.").format(text=text[:80]))
    return int(text)


def check_key_name(name: str) -> None:
    """Refuse a key name that is empty or has white space, a plus or a control character [08.5].

    Raises Malformed.
    """
    if not name or "+" in name or any(char.isspace() for char in name) or _CONTROL.search(name):
        raise Malformed(
            _(
                "{name!r} cannot name a key: it is empty, or has a space, a plus or a control character."
            ).format(name=name[:80])
        )


class NoteSignature(msgspec.Struct, frozen=True):
    """One signature line. `name` and `key_id` (4 bytes) say which key signed; neither is proof of it."""

    key_id: bytes
    name: str
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> NoteSignature:
        """Parse a line without its newline [08.5]. Raises Malformed."""
        name, space, encoded = line.removeprefix(_LINE_START).partition(" ")
        if not line.startswith(_LINE_START) or not space:
            raise Malformed(_("{line!r} is not a signature line of a note.").format(line=line[:80]))
        check_key_name(name)
        data = decode_base64(encoded)
        if len(data) <= KEY_ID_SIZE:
            raise Malformed(_("The signature by {name} is too short.").format(name=name))
        return cls(key_id=data[:KEY_ID_SIZE], name=name, signature=data[KEY_ID_SIZE:])

    def line(self) -> str:
        """The line, without its newline."""
        return f"{_LINE_START}{self.name} {encode_base64(self.key_id + self.signature)}"


class Note(msgspec.Struct, frozen=True):
    """A text with signatures that nobody has checked yet. `text` ends with a newline."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Parse strictly: what is accepted encodes to the same bytes again [08.5]. Raises Malformed."""
        if len(data) > MAX_NOTE_SIZE:
            raise Malformed(_("A note of {size} bytes is too long.").format(size=len(data)))
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed(_("The note is not UTF-8.")) from error
        if _CONTROL.search(whole):
            raise Malformed(_("The note has control characters."))
        # The text may have empty lines itself: the last one separates.
        text, separator, lines = whole.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise Malformed(
                _("The note has no signatures after an empty line, or does not end with a newline.")
            )
        signature_lines = lines[:-1].split("\n")
        if len(signature_lines) > MAX_SIGNATURES:
            raise Malformed(_("The note has more than {most} signatures.").format(most=MAX_SIGNATURES))
        note = cls(text + "\n", tuple(NoteSignature.parse(line) for line in signature_lines))
        if note.encode() != data:
            raise Malformed(_("The note is not in canonical form."))
        return note

    def encode(self) -> bytes:
        """The note as bytes."""
        lines = "".join(f"{signature.line()}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()

    def with_signatures(self, more: tuple[NoteSignature, ...]) -> Note:
        """The same note with these signatures added at the end."""
        return Note(self.text, self.signatures + more)
