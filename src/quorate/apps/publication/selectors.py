"""Finds what the public may get of a ballot as files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from quorate.apps.publication.errors import NoSuchDocument, NotReleased
from quorate.election.office import Office
from quorate.record.container import CERTIFICATE
from quorate.report.files import MEMBERS, PDF, PRESS, TEXT
from quorate.text import _

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
RESULT_FILES: Final = {
    "certificate.json": f"record/{CERTIFICATE}",
    "certificate.pdf": PDF,
    "report.txt": TEXT,
    "announcement-members.txt": MEMBERS,
    "announcement-press.txt": PRESS,
}
"""Files of a result by their public names, and where they are in an office's `public` folder."""


def document_path(office: Office, fingerprint: str) -> Path:
    """Where a document of the ballot is kept; `fingerprint` is its SHA-256 in hex."""
    return office.folder / "public" / "documents" / fingerprint


def document(office: Office, fingerprint: str) -> bytes:
    """A document by its fingerprint; NoSuchDocument when it is none of this ballot."""
    path = document_path(office, fingerprint)
    if not _FINGERPRINT.fullmatch(fingerprint) or not path.exists():
        raise NoSuchDocument(_("This ballot has no such document."))
    return path.read_bytes()


def result_file(office: Office, name: str) -> Path:
    """A file of the released result; NotReleased before. `name` is one of RESULT_FILES."""
    path = office.folder / "public" / RESULT_FILES[name]
    if not office.released or not path.exists():
        raise NotReleased(_("The result is not released yet."))
    return path
