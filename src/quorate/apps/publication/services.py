"""Writes what the public gets as files: the record as a zip, and the reports of a released result."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Final

import msgspec

from quorate.apps.publication.selectors import (
    NEUTRAL,
    PREVIEW,
    VERIFIED,
    Verified,
    document_path,
    fingerprint,
)
from quorate.election.folder import pins_of
from quorate.election.office import Office
from quorate.files import write_whole
from quorate.record.container import CERTIFICATE, ENTRIES, FILES, Container
from quorate.report.card import card, neutral_card
from quorate.report.files import write_reports
from quorate.report.sheet import draw
from quorate.text import _
from quorate.verify.findings import Report
from quorate.verify.run import verify

DOWNLOADS: Final = "downloads"
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same zip for the same record


def store_document(office: Office, data: bytes) -> str:
    """Keep a document that the manifest names; returns its SHA-256 in hex. ValueError for any other."""
    fingerprint = hashlib.sha256(data)
    named = {one.sha256 for question in office.manifest.questions for one in question.documents}
    if fingerprint.digest() not in named:
        raise ValueError(_("That is none of the documents of this ballot, or not the same version."))
    path = document_path(office, fingerprint.hexdigest())
    path.parent.mkdir(exist_ok=True)
    write_whole(path, data)
    return fingerprint.hexdigest()


def bundle_record(office: Office) -> Path:
    """The public record as a zip, made once for each of its states. Call it at the desk of the ballot."""
    record = office.record
    entries = record / ENTRIES
    size = entries.stat().st_size if entries.exists() else 0
    state = f"{size}-{(record / CERTIFICATE).exists():d}"
    target = office.folder / DOWNLOADS / f"record-{state}.zip"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        fresh = target.with_suffix(".new")
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name in FILES:
                if (record / name).exists():
                    info = zipfile.ZipInfo(f"record/{name}", _DATE)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.external_attr = 0o644 << 16
                    with (record / name).open("rb") as source, bundle.open(info, "w") as sink:
                        while chunk := source.read(1 << 20):
                            sink.write(chunk)
        fresh.replace(target)
        for old in target.parent.glob("record-*.zip"):
            if old != target:
                old.unlink()
    return target


def publish_reports(office: Office) -> Report:
    """Verify the released record as anybody would, and draw its certificate and announcements from that."""
    with Container(office.record) as container:
        report = verify(container, pins=pins_of(office.manifest))
    keep_reports(office, report)
    return report


def publish_void(office: Office) -> None:
    """Write what people read of a ballot that was declared void, from a verification as anybody runs it."""
    with Container(office.record) as container:
        report = verify(container, pins=pins_of(office.manifest))
    write_reports(office.folder / "public", report)


def keep_reports(office: Office, report: Report) -> None:
    """Write what people read from this report of the released record, and what the verification said.

    The page of the result is drawn from that: it shows nothing before this is done. NotVerified when the
    report has findings.
    """
    sheet = draw(report)
    folder = office.folder / "public"
    write_reports(folder, report)
    write_whole(folder / PREVIEW, card(sheet))
    kept = Verified(
        certificate=fingerprint(sheet.certificate),
        checked=tuple(report.checked),
        not_due=report.not_due,
        pinned=report.pinned,
    )
    write_whole(folder / VERIFIED, msgspec.json.encode(kept))


def neutral_preview(office: Office) -> bytes:
    """The picture for links to a ballot without a public result: what is asked and until when, no figure."""
    path = office.folder / "public" / NEUTRAL
    if not path.exists():
        write_whole(path, neutral_card(office.manifest))
    return path.read_bytes()
