"""The registrar's folder: what one making of codes leaves on disk, and the changes made to it later.

    public/credentials.txt        the credential list, for the record
    public/credential-list.json   its commitment and the registrar's signature, for the manifest
    public/units.txt              names of the counting units in index order, where the ballot has units
    secret/codes.csv              the codes, for whoever prints or sends them
    secret/book.sealed            who holds which credential, under the registrar's key
    roll.jsonl                    the frozen roll
    changes/0001/entry.json       a re-issue or revocation, for two officers to sign
    changes/0001/code.csv         the new code, where there is one
    changes/0001/change.sealed    the change for the book

A change is one folder, which appears whole or not at all; so the book and its changes always agree.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from quorate.election.credential_book import (
    CurrentBook,
    RegistrarError,
    open_book,
    open_change,
    seal_book,
    seal_change,
)
from quorate.election.registrar import (
    Issue,
    RegistrarKey,
    Removal,
    Replacement,
    SignedList,
    codes_file,
)
from quorate.election.sealed import FRESH_BYTES
from quorate.files import write_directory
from quorate.record.canonical import Reader, encode
from quorate.text import _

CREDENTIALS = Path("public/credentials.txt")
SIGNED_LIST = Path("public/credential-list.json")
UNITS = Path("public/units.txt")
CODES = Path("secret/codes.csv")
BOOK = Path("secret/book.sealed")
ROLL = Path("roll.jsonl")
CHANGES = Path("changes")


def save_issue(folder: Path, key: RegistrarKey, issue: Issue, roll: bytes, units: Sequence[str]) -> None:
    """Write the folder; FileExistsError when there is one, OSError when the system refuses."""
    files = {
        CREDENTIALS: b"".join(line + b"\n" for line in issue.lines),
        SIGNED_LIST: encode(issue.signed) + b"\n",
        CODES: codes_file(issue.deliveries),
        BOOK: seal_book(issue.book, key.secret.to_bytes(), secrets.token_bytes(FRESH_BYTES)),
        ROLL: roll,
    }
    if units:
        files[UNITS] = "".join(f"{unit}\n" for unit in units).encode()
    write_directory(folder, {str(name): data for name, data in files.items()})


def load_book(folder: Path, key: RegistrarKey) -> CurrentBook:
    """The book with all changes; RegistrarError, SealError or OSError when the folder is not in order."""
    secret = key.secret.to_bytes()
    book = open_book((folder / BOOK).read_bytes(), secret)
    changes = []
    for number, path in enumerate(sorted((folder / CHANGES).glob("[0-9]*")), start=1):
        if path.name != _change_name(number):
            raise RegistrarError(_("{path} is not change number {number}.").format(path=path, number=number))
        changes.append(open_change((path / "change.sealed").read_bytes(), secret))
    return CurrentBook(book, changes)


def load_signed_list(folder: Path) -> SignedList:
    """The signed commitment to the list; RecordError or OSError when it cannot be read."""
    data = (folder / SIGNED_LIST).read_bytes()
    return Reader(SignedList).read(data.removesuffix(b"\n"), str(folder / SIGNED_LIST))


def save_change(folder: Path, key: RegistrarKey, made: Replacement | Removal) -> Path:
    """Write the folder of a change and return it; OSError when it is there already or cannot be written."""
    target = folder / CHANGES / _change_name(made.change.number)
    sealed = seal_change(made.change, key.secret.to_bytes(), secrets.token_bytes(FRESH_BYTES))
    files = {"entry.json": encode(made.entry) + b"\n", "change.sealed": sealed}
    if isinstance(made, Replacement):
        files["code.csv"] = codes_file([made.delivery])
    write_directory(target, files)
    return target


def _change_name(number: int) -> str:
    return f"{number:04d}"
