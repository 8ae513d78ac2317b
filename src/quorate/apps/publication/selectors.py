"""Finds what the public may get of a ballot as files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from quorate.apps.publication.errors import NotReleased
from quorate.election.office import Office
from quorate.record.container import CERTIFICATE
from quorate.report.files import MEMBERS, PDF, PRESS, TEXT
from quorate.text import _

RESULT_FILES: Final = {
    "certificate.json": f"record/{CERTIFICATE}",
    "certificate.pdf": PDF,
    "report.txt": TEXT,
    "announcement-members.txt": MEMBERS,
    "announcement-press.txt": PRESS,
}
"""Files of a result by their public names, and where they are in an office's `public` folder."""


def result_file(office: Office, name: str) -> Path:
    """A file of the released result; NotReleased before. `name` is one of RESULT_FILES."""
    path = office.folder / "public" / RESULT_FILES[name]
    if not office.released or not path.exists():
        raise NotReleased(_("The result is not released yet."))
    return path
