"""Handing a sealed ballot to a site, by a program that is not the site's."""

from __future__ import annotations

import http.client
import json
from base64 import b64decode, b64encode
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from quorate.cli.errors import CommandError, WrongUsage
from quorate.record.manifest import Manifest
from quorate.text import _

_HERE: Final = ("localhost", "127.0.0.1", "::1")
_SECONDS: Final = 60
_MOST: Final = 1 << 20
"""More than this no answer to a ballot can have."""
_REFUSED: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


class NotKnown(CommandError):
    """No answer came, or none that says if the ballot is on the board: the same one may be sent again."""

    def __init__(self, why: str) -> None:
        super().__init__(
            _(
                "We do not know yet if your vote arrived ({why}). Run the same command again: it can count"
                " only once."
            ).format(why=why),
            1,
        )


def latest(site: str, manifest: Manifest, credential: bytes) -> bytes:
    """The tracker of a credential's latest ballot, as the site says; 32 zero bytes when it has none.

    A wrong answer does no harm: a ballot that does not follow on the latest one is refused. CommandError when
    the site does not answer, or does not know the credential.
    """
    asked = json.dumps({"credential": b64encode(credential).decode()}).encode()
    try:
        status, said = _post(site, manifest, "credential", asked)
    except NotKnown:
        raise CommandError(_("{site} does not answer: try again later.").format(site=site), 1) from None
    try:
        found = b64decode(said["latest"], validate=True)
    except (KeyError, ValueError):
        found = b""
    if status != HTTPStatus.OK or len(found) != len(credential):
        why = said.get("reason", _("the site answered {status}").format(status=status))
        raise CommandError(_("The site does not say what your latest ballot is: {why}").format(why=why), 1)
    return found


def send(site: str, manifest: Manifest, line: bytes) -> bytes:
    """Post a sealed ballot to a site; the receipt that it answers with, unchecked.

    CommandError says why the ballot was refused, NotKnown that nobody can say. No redirection is followed.
    """
    status, said = _post(site, manifest, "ballots", line)
    if status == HTTPStatus.OK and "receipt" in said:
        return said["receipt"].encode()
    if status in _REFUSED and "reason" in said:
        reason = said["reason"]
        if status == HTTPStatus.CONFLICT:
            reason += " " + _("Seal it again with --site, so that it follows on your latest ballot.")
        raise CommandError(_("Not cast: {reason}").format(reason=reason), 1)
    raise NotKnown(said.get("reason", _("the site answered {status}").format(status=status)))


def _post(site: str, manifest: Manifest, what: str, body: bytes) -> tuple[int, dict[str, str]]:
    """Status and texts of the answer; NotKnown when there is none."""
    connection = _connection(site)
    path = f"{urlsplit(site).path.rstrip('/')}/api/ballots/{manifest.ballot_id.hex()[:32]}/{what}"
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, _read(answer.read(_MOST))
    except (OSError, http.client.HTTPException) as error:
        raise NotKnown(str(error) or type(error).__name__) from None
    finally:
        connection.close()


def _connection(site: str) -> http.client.HTTPConnection:
    parts = urlsplit(site)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host and parts.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS)
    if host in _HERE and parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=_SECONDS)
    raise WrongUsage(_("The address of the site begins with https://, such as https://vote.example."))


def _read(body: bytes) -> dict[str, str]:
    """The texts of a JSON object; none for anything else."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return (
        {key: text for key, text in said.items() if isinstance(text, str)} if isinstance(said, dict) else {}
    )
