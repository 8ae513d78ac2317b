"""A record as files: a folder, or a zip of one [08.32]; version 1 of [08.34]."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from quorate.record.canonical import Reader, RecordError

MANIFEST = "manifest.json"
CREDENTIALS = "credentials.txt"
CEREMONY = "ceremony.json"
ENTRIES = "entries.jsonl"
CHECKPOINTS = "checkpoints.jsonl"
CERTIFICATE = "certificate.json"
FILES = (MANIFEST, CREDENTIALS, CEREMONY, ENTRIES, CHECKPOINTS, CERTIFICATE)

_SMALL = 64 * 2**20
_LONGEST_LINE = 70_000
_MOST_INFLATED = 50  # times its size in the zip; a record's base64 shrinks by a quarter


class Container:
    """The files of one record. Use as a context manager: what a zip was unpacked to is removed again."""

    def __init__(self, path: Path) -> None:
        """`path` is a folder or a .zip; RecordError when it is neither, or the zip is damaged or unsafe."""
        self._temporary: Path | None = None
        self.source = path
        if path.is_dir():
            self.root = path
        elif path.is_file() and zipfile.is_zipfile(path):
            self._temporary = self.root = Path(tempfile.mkdtemp(prefix="quorate-record-"))
            try:
                _unpack(path, self.root)
            except BaseException:
                self.close()
                raise
        else:
            raise RecordError(
                str(path), "is not a record: a folder or a zip file with manifest.json is expected"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was unpacked."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def path(self, name: str) -> Path:
        """Where a file of the record is."""
        return self.root / name

    def read(self, name: str) -> bytes:
        """A whole small file, without its final LF; RecordError when it is missing, too long or not ended."""
        path = self.root / name
        try:
            if path.stat().st_size > _SMALL:
                raise RecordError(name, f"is larger than {_SMALL} bytes")
            data = path.read_bytes()
        except OSError as error:
            raise RecordError(name, f"cannot be read: {error.strerror}") from None
        if not data.endswith(b"\n"):
            raise RecordError(name, "is damaged: its last line is not ended")
        return data[:-1]

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """Each line of a file with its byte offset, without the LF [02.7]; RecordError names the line."""
        offset = number = 0
        try:
            with (self.root / name).open("rb") as file:
                while line := file.readline(_LONGEST_LINE):
                    number += 1
                    if not line.endswith(b"\n"):
                        why = (
                            "is too long"
                            if len(line) == _LONGEST_LINE
                            else "is cut off: it does not end in LF"
                        )
                        raise RecordError(f"{name} line {number}", why)
                    yield offset, line[:-1]
                    offset += len(line)
        except OSError as error:
            raise RecordError(name, f"cannot be read: {error.strerror}") from None


_notes = Reader(str)


def read_note(line: bytes, where: str) -> bytes:
    """The signed note that a line of checkpoints.jsonl holds as a JSON string [11.14].

    RecordError names `where`.
    """
    return _notes.read(line, where).encode()


def _unpack(archive: Path, target: Path) -> None:
    """Unpack only the files a record has, however they are nested under one top folder."""
    try:
        with zipfile.ZipFile(archive) as bundle:
            names = [info for info in bundle.infolist() if not info.is_dir()]
            manifests = [info.filename for info in names if info.filename.rsplit("/", 1)[-1] == MANIFEST]
            if len(manifests) != 1:
                raise RecordError(str(archive), "holds no manifest.json, or more than one")
            prefix = manifests[0][: -len(MANIFEST)]
            wanted = {prefix + name: name for name in FILES}
            for info in names:
                name = wanted.get(info.filename)
                if name:
                    if (target / name).exists():
                        raise RecordError(str(archive), f"holds {name} twice")
                    if info.file_size > 2**20 + _MOST_INFLATED * info.compress_size:
                        raise RecordError(str(archive), f"{name} would unpack to {info.file_size} bytes")
                    with bundle.open(info) as source, (target / name).open("wb") as sink:
                        shutil.copyfileobj(source, sink, 1 << 20)
    except RecordError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise RecordError(str(archive), f"the zip file is damaged: {error}") from None
