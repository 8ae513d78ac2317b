"""Writing a record: the public files of one ballot, in a folder (docs/protocol/08-board.md, section
Record).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from quorate.files import write_whole
from quorate.record.canonical import encode
from quorate.record.certificate import Certificate, VoidCertificate
from quorate.record.container import CEREMONY, CERTIFICATE, CHECKPOINTS, CREDENTIALS, ENTRIES, MANIFEST
from quorate.record.manifest import Manifest
from quorate.record.pins import Pins


def write_base(folder: Path, manifest: Manifest, credentials: Iterable[bytes], ceremony: bytes) -> None:
    """The files that are fixed before opening."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / MANIFEST, encode(manifest))
    write(folder / CREDENTIALS, b"\n".join(credentials))
    write(folder / CEREMONY, ceremony)


def write_board(folder: Path, board: Path) -> None:
    """Copy what the log has published."""
    for name in (ENTRIES, CHECKPOINTS):
        target = folder / name
        shutil.copyfile(board / name, target.with_suffix(".new"))
        target.with_suffix(".new").replace(target)


def write_certificate(folder: Path, certificate: Certificate | VoidCertificate) -> None:
    """The certificate as data; its renderings are `quorate.report`'s."""
    write(folder / CERTIFICATE, encode(certificate))


def pins_of(manifest: Manifest) -> Pins:
    """The pins that the paper notice and the organisation's directory publish for this ballot."""
    return Pins(
        log_key=manifest.log_key,
        organisation_key=manifest.organisation_key,
        origin=manifest.origin,
        phi=manifest.phi,
        witnesses=manifest.witnesses,
    )


def write(path: Path, data: bytes) -> None:
    """Write a text file whole: bytes and one LF [02.7]; never half of it."""
    write_whole(path, data + b"\n")
