"""`quorate demo --serve` as people run it: the replay, then what it prints is followed, then Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.voter import VoterProgram
from quorate.record.container import Container
from quorate.record.manifest import read_manifest
from quorate.record.pins import read_pins
from quorate.verify.run import verify

QUORATE = Path(sys.executable).with_name("quorate")


@dataclass
class Demo:
    """A demo that has replayed its vote and left the site open."""

    process: subprocess.Popen[str]
    said: str
    folder: Path

    def ask(self, method: str, url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, str]:
        """Status, body and cookies of an answer."""
        parts = urlsplit(url)
        with closing(HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)) as connection:
            sent = {"Host": parts.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            cookies = SimpleCookie()
            for line in answer.headers.get_all("Set-Cookie", []):
                cookies.load(line)
            kept = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
            return answer.status, answer.read(), kept

    def links(self, pattern: str) -> list[str]:
        """Addresses that were printed."""
        return re.findall(rf"http://localhost:\d+{pattern}", self.said)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    process = subprocess.Popen(
        [QUORATE, "demo", "--voters", "60", "--port", "0", "--out", str(folder / "out")],
        env={**kept, "DATABASE_URL": "postgresql://nobody.invalid/not-this-one"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops the site." in line:
            break
    else:
        raise AssertionError(said)
    yield Demo(process, said, folder / "out")
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[0]
        assert process.returncode == 0, rest
        assert "Stopped." in rest
        assert "Traceback" not in rest


def test_the_story_is_told(demo: Demo) -> None:
    for words in ("cast over HTTP", "CARRIED", "it agrees:", "the verdict stays", "released by two officers"):
        assert words in demo.said


def test_the_record_that_was_downloaded_verifies(demo: Demo) -> None:
    public = demo.folder / "members" / "public"
    pins = read_pins((public / "pins.json").read_bytes(), "pins.json")
    with Container(public / "record.zip") as container:
        report = verify(container, pins=pins)
    assert report.ok
    assert report.certificate is not None
    assert report.certificate.questions[0].votes[0].votes == 53


def test_the_pages_that_are_named_are_there(demo: Demo) -> None:
    result, trial = demo.links(r"/b/\w{32}/(?=\n)")
    status, page, cookies = demo.ask("GET", result)
    assert (status, cookies) == (200, "")
    assert "53 members voted yes. 45 were needed." in page.decode()
    status, page, cookies = demo.ask("GET", trial)
    assert (status, cookies) == (200, "")
    assert b"Open" in page
    for url in (f"{result}verify/", f"{result}notice", f"{trial}program", demo.links("")[0]):
        assert demo.ask("GET", url)[0] == 200, url


def test_the_voting_links_vote(demo: Demo) -> None:
    """Each printed link is a code of the open ballot; a sealed vote is taken, with its proof."""
    links = demo.links(r"/b/\w{32}/vote#[0-9A-Z-]+")
    assert 3 <= len(links) <= 5
    page, _, code = links[0].partition("#")
    assert demo.ask("GET", page)[0] == 200
    api = page.replace("/b/", "/api/ballots/").removesuffix("/vote")
    program = VoterProgram(read_manifest(demo.ask("GET", f"{api}/manifest")[1].removesuffix(b"\n")))
    sealed = program.seal(code, [(0, [0])], NO_PREVIOUS, secrets.token_bytes)
    status, answer, _cookies = demo.ask(
        "POST", f"{api}/ballots", sealed.line, content_type="application/json"
    )
    assert status == 200, answer
    assert program.check_receipt(sealed.line, json.loads(answer)["receipt"].encode()) == 1
    status, answer, _cookies = demo.ask("GET", f"{api}/status")
    assert (json.loads(answer)["phase"], json.loads(answer)["counted_credentials"]) == ("open", 1)


def test_an_officer_signs_in_with_both_factors(demo: Demo) -> None:
    """A password and the code of the printed secret, and nothing less, lead to the officers' pages."""
    found = re.search(r"(first-officer)\s+password (\S+).*app secret (\S+)\)", demo.said)
    assert found, demo.said
    site = demo.links("")[0]
    login = f"{site}/accounts/login/"
    _, page, cookies = demo.ask("GET", login)
    form = {"login": found[1], "password": found[2], "csrfmiddlewaretoken": _token(page)}
    status, _, second = demo.ask("POST", login, urlencode(form).encode(), **_form(cookies, login))
    assert status == 302
    assert demo.ask("GET", f"{site}/officer/", cookie=second)[0] == 302, "a password alone is not enough"
    step = f"{site}/accounts/2fa/authenticate/"
    _, page, _cookies = demo.ask("GET", step, cookie=f"{cookies}; {second}")
    form = {"code": _code(found[3]), "csrfmiddlewaretoken": _token(page)}
    status, page, third = demo.ask(
        "POST", step, urlencode(form).encode(), **_form(f"{cookies}; {second}", step)
    )
    assert status == 302, page
    status, page, _cookies = demo.ask("GET", f"{site}/officer/chicago-teachers-union-replay/", cookie=third)
    assert status == 200
    assert b"Strike authorisation" in page


def test_no_code_and_no_address_is_in_the_log(demo: Demo) -> None:
    log = (demo.folder / "site" / "server.log").read_text(encoding="utf-8")
    assert '"event": "request"' in log
    for link in demo.links(r"/b/\w{32}/vote#[0-9A-Z-]+"):
        code = link.partition("#")[2]
        assert code not in log
        assert code.replace("-", "") not in log
    assert "127.0.0.1" not in log


def _token(page: bytes) -> str:
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found, page
    return found[1].decode()


def _form(cookies: str, origin: str) -> dict[str, str]:
    parts = urlsplit(origin)
    return {
        "cookie": cookies,
        "content_type": "application/x-www-form-urlencoded",
        "origin": f"{parts.scheme}://{parts.netloc}",
    }


def _code(secret: str) -> str:
    from quorate.apps.organisation.accounts import code_now

    return code_now(secret)
