"""Static files: collected once at start, compressed, named by fingerprint, served without Django."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

import brotli
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

PREFIX: Final = "/static/"
_LARGE: Final = 150_000  # bytes
_FINGERPRINTED: Final = re.compile(r"\.[0-9a-f]{12}\.")


class _Compressor(Compressor):  # type: ignore[misc]  # whitenoise ships no types
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """As small as can be, but for the API's documentation, which would take seconds at start."""
        smallest = brotli.compress(data, quality=11 if len(data) <= _LARGE else 5)
        return bytes(smallest)


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Names carry fingerprints; a file that a page names and that does not exist is an error at start.

    Scripts are served byte for byte as they are: people compare the booth's SHA-256.
    """

    def create_compressor(self, **options: Any) -> Compressor:
        """All but what is compressed already, and source maps, which only developers ask for."""
        return _Compressor(**options | {"extensions": (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")})


class StaticFiles:
    """An ASGI application for the files below a folder, as they are when it starts.

    Compressed forms, entity tags and ranges are WhiteNoise's; a fingerprinted file may be kept for ever.
    """

    def __init__(self, root: Path) -> None:
        self._files = WhiteNoise(
            _no_application,
            root=str(root),
            prefix=PREFIX,
            immutable_file_test=lambda _path, url: bool(_FINGERPRINTED.search(url)),
            allow_all_origins=True,
        ).files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
        file = self._files.get(scope["path"])
        if file is None:
            await _answer(send, 404, [("Content-Type", "text/plain")], b"There is no such file.\n")
            return
        response = file.get_response(scope["method"], headers)
        body = b""
        if response.file is not None:
            with response.file as opened:
                body = opened.read()
        await _answer(send, int(response.status), list(response.headers), body)


def _no_application(environ: object, start_response: object) -> list[bytes]:
    raise AssertionError("only the files of WhiteNoise are used")


async def _answer(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    headers = [*headers, ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
