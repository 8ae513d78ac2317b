"""Where a ballot's files are before it has an office: attached texts, the ceremony, the credential list.

Nothing in here is secret. When the ballot is prepared, its office gets its own copies.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Final

from django.conf import settings

from quorate.apps.ballots.models import Ballot
from quorate.files import write_whole

_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def folder_of(ballot: Ballot) -> Path:
    """The folder, made if need be."""
    folder: Path = settings.ENVIRONMENT.data / "files" / "ballots" / ballot.ballot_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def ceremony_folder(ballot: Ballot) -> Path:
    """What the tellers share; it may not exist yet."""
    return folder_of(ballot) / "ceremony"


def issued_folder(ballot: Ballot) -> Path:
    """The credential list and what signs it; it may not exist yet."""
    return folder_of(ballot) / "issued"


def keep_text(ballot: Ballot, data: bytes) -> str:
    """Keep a text that may become a document; returns its SHA-256 in hex."""
    fingerprint = hashlib.sha256(data).hexdigest()
    folder = folder_of(ballot) / "documents"
    folder.mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / fingerprint, data, private=True)
    return fingerprint


def kept_text(ballot: Ballot, fingerprint: str) -> bytes | None:
    """A text by its SHA-256 in hex, or None."""
    if not _HEX.fullmatch(fingerprint):
        return None
    path = folder_of(ballot) / "documents" / fingerprint
    return path.read_bytes() if path.exists() else None


def copy_texts(source: Ballot, target: Ballot) -> None:
    """Give a copied ballot the texts that its draft names."""
    documents = folder_of(source) / "documents"
    if documents.exists():
        shutil.copytree(documents, folder_of(target) / "documents", dirs_exist_ok=True)
