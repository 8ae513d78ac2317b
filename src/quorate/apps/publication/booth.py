"""The voting page's programs on this server: the one that new ballots name, and those of earlier ballots.

A ballot's manifest names its program by SHA-256 (`software.booth`). Each program is kept under that name,
so that an upgrade of the server in the middle of a vote changes nothing for the voters of that vote.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from quorate.record.manifest import Manifest

PROGRAM: Final = "booth.js"
SINGLE_FILE: Final = "booth.html"
SERVED: Final = "booths"
"""Where the programs are below the static files: each in a folder named by its SHA-256 in hex."""


class NoBooth(LookupError):
    """The booth was not built here."""


@dataclass(frozen=True, slots=True)
class Booth:
    """What the voting page of a ballot runs: `named` is what it must be, `served` what this server has."""

    named: str
    served: str


@cache
def offered() -> bytes:
    """SHA-256 of the program that this version has, for new manifests. NoBooth when it is not built."""
    try:
        return hashlib.sha256((settings.BOOTH / PROGRAM).read_bytes()).digest()
    except FileNotFoundError:
        raise NoBooth(f"There is no booth in {settings.BOOTH}: build it (make setup).") from None


def keep() -> None:
    """Keep the program that this version comes with under its name; those of earlier versions stay."""
    try:
        folder = settings.ENVIRONMENT.booths / offered().hex()
    except NoBooth:
        return
    if folder.exists():
        return
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(settings.BOOTH, fresh)
    fresh.replace(folder)


def booth_of(manifest: Manifest) -> Booth:
    """The program for a ballot. One that names none runs what there is; NoBooth when there is nothing."""
    current = offered().hex()
    if manifest.software.booth is None:
        return Booth(current, current)
    named = manifest.software.booth.hex()
    kept = (settings.ENVIRONMENT.booths / named).is_dir()
    return Booth(named, named if kept else current)


def single_file(booth: Booth) -> Path:
    """The whole booth in one file, to be saved or put on another site."""
    return Path(settings.ENVIRONMENT.booths / booth.served / SINGLE_FILE)
