"""Finds what the public may get of a ballot as files."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

import msgspec

from quorate.apps.publication.errors import NoSuchDocument, NotReleased
from quorate.election.office import Office
from quorate.record.canonical import encode
from quorate.record.certificate import Certificate
from quorate.record.container import CERTIFICATE
from quorate.report.files import EMPLOYER, MEMBERS, PDF, PRESS, TEXT
from quorate.text import _
from quorate.verify.findings import Report

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
RESULT_FILES: Final = {
    "certificate.json": f"record/{CERTIFICATE}",
    "certificate.pdf": PDF,
    "report.txt": TEXT,
    "announcement-members.txt": MEMBERS,
    "announcement-press.txt": PRESS,
    "announcement-employer.txt": EMPLOYER,
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


class Verified(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What verification said when the result was published, tied to the certificate by its fingerprint."""

    certificate: str
    checked: tuple[str, ...]
    not_due: dict[str, str]
    pinned: bool


VERIFIED: Final = "verified.json"
PREVIEW: Final = "preview.png"
NEUTRAL: Final = "preview-before.png"
"""Names of files beside the reports."""


def released_report(office: Office) -> Report:
    """The report of the released record, as it was verified when it was published; NotReleased before.

    NotReleased also where no verification of this very certificate was kept: then nothing is drawn from it.
    """
    certificate = office.certificate() if office.released else None
    path = office.folder / "public" / VERIFIED
    if certificate is None or not path.exists():
        raise NotReleased(_("The result is not released yet."))
    kept = msgspec.json.decode(path.read_bytes(), type=Verified)
    if kept.certificate != fingerprint(certificate):
        raise NotReleased(_("The result is not released yet."))
    return Report(
        checked=list(kept.checked),
        not_due=kept.not_due,
        pinned=kept.pinned,
        complete=True,
        certificate=certificate,
    )


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 of a certificate's canonical bytes, in hex."""
    return hashlib.sha256(encode(certificate)).hexdigest()


def preview(office: Office) -> bytes:
    """The picture for links to a released result; NotReleased before."""
    path = office.folder / "public" / PREVIEW
    if not office.released or not path.exists():
        raise NotReleased(_("The result is not released yet."))
    return path.read_bytes()
