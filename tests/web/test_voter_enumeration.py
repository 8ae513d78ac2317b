"""Attack E5, voter enumeration (CVE-2016-2513).

Attacker: somebody with a list of names, an employer for instance, and the public pages.
Wish: to learn who is a member, from what the page answers, how fast, or from what it logs.
Stopped by: the page hands every question over and looks nothing up; the answer goes by e-mail, through a real
mail server here, to the address that is on the register.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from quorate.apps.organisation import inspection, register, rolls
from quorate.apps.organisation.inspection import Throttle
from quorate.apps.organisation.register import Belonging
from quorate.apps.organisation.roll_reading import folder
from support.officers import Union, two_officers

ADDRESS = "/o/example/on-the-roll/"


class Mailbox(Message):
    """Keeps what the mail server was given."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.messages.append(message_from_bytes(message.as_bytes()))


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "votes@example.org"
    yield box
    server.stop()


@pytest.fixture
def union(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Union]:
    """Ada is on the roll, Bob joined later; each has an address."""
    monkeypatch.setattr(inspection, "throttle", Throttle())
    union = two_officers()
    for number, name, joined in (("17", "Ada", date(2020, 1, 1)), ("18", "Bob", date(2026, 11, 20))):
        member = register.add_member(
            organisation=union.organisation, number=number, name=name, email=f"{name}@example.org",
            by=union.ann.account,
        )  # fmt: skip
        register.join_body(
            member=member, body=union.members, belonging=Belonging(joined, unit="Lincoln"), version=1,
            by=union.ann.account,
        )  # fmt: skip
    rolls.freeze_roll(
        body=union.members, as_of=date(2026, 11, 2), by=union.ann.account,
        challenge_until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    yield union
    settled()
    shutil.rmtree(folder(django_settings.ENVIRONMENT.data), ignore_errors=True)


def settled() -> None:
    """Every question that was taken is answered by now: there is one worker, and this waits its turn."""
    inspection._worker.submit(lambda: None).result(30)


def ask(client: Client, number: str, email: str) -> tuple[int, str, dict[str, str], bytes]:
    """What a person sees: the answer, and the page that it leads to."""
    answer = client.post(ADDRESS, {"number": number, "email": email})
    page = client.get(answer.headers["Location"])
    return answer.status_code, answer.headers["Location"], dict(answer.headers), page.content


def test_member_and_stranger_see_the_same(client: Client, union: Union, mailbox: Mailbox) -> None:
    """Right, wrong address, somebody else's number, no such number: one answer, one mail."""
    asked = [
        ("17", "ada@example.org"), ("17", "eve@example.org"), ("18", "ada@example.org"), ("9", "e@e.org"),
    ]  # fmt: skip
    answers = [ask(client, *question) for question in asked]
    assert all(answer[:3] == answers[0][:3] for answer in answers)
    pages = {_without_reference(answer[3]) for answer in answers}
    assert len(pages) == 1
    settled()
    assert [message["To"] for message in mailbox.messages] == ["Ada@example.org"]


def test_the_mail_says_it(client: Client, union: Union, mailbox: Mailbox) -> None:
    ask(client, " 17 ", "ADA@example.org")
    ask(client, "18", "bob@example.org")
    settled()
    ada, bob = (message.get_payload(decode=True).decode() for message in mailbox.messages)
    assert "All members: on roll 1 as of 2026-11-02, Lincoln." in ada
    assert "All members: NOT on roll 1 as of 2026-11-02." in bob
    assert "312-555-0100" in ada
    assert mailbox.messages[0]["From"] == "votes@example.org"


def test_the_answer_does_not_wait_for_the_look_up(
    client: Client, union: Union, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the look-up slow by half a second, no answer would be: timing says nothing about it."""
    real = inspection._member

    def slow(*arguments: Any) -> Any:
        time.sleep(0.5)
        return real(*arguments)

    monkeypatch.setattr(inspection, "_member", slow)
    took: dict[str, list[float]] = {"17": [], "99": []}
    for _round in range(3):
        for number, times in took.items():
            begin = time.perf_counter()
            client.post(ADDRESS, {"number": number, "email": "ada@example.org"})
            times.append(time.perf_counter() - begin)
    assert max(map(statistics.median, took.values())) < 0.5
    settled()


def test_the_page_asks_the_register_nothing(
    client: Client, union: Union, django_assert_max_num_queries: Any
) -> None:
    """For every question it asks the database the same: which organisation."""
    with django_assert_max_num_queries(1) as seen:
        client.post(ADDRESS, {"number": "17", "email": "ada@example.org"})
    assert "organisation_member" not in str(seen.captured_queries)
    assert connection.vendor == "postgresql"


def test_three_answers_a_day_about_one_number(client: Client, union: Union, mailbox: Mailbox) -> None:
    """A mailbox is not flooded, a guesser gets no more tries at a number; the page never tells."""
    answers = {ask(client, "17", "ada@example.org")[:2] for _ in range(6)}
    assert len(answers) == 1
    settled()
    assert len(mailbox.messages) == 3


def test_the_throttle_counts_numbers_and_hours() -> None:
    now = [0.0]
    gate = Throttle(of_number=2, of_all=5, clock=lambda: now[0])
    organisation: Any = type("Org", (), {"pk": 1})()
    assert [
        gate.allows(organisation, number) for number in ("member-17", "MEMBER-17 ", "member-17", "b")
    ] == [
        True,
        True,
        False,
        True,
    ]
    assert [gate.allows(organisation, number) for number in ("c", "d", "e")] == [True, True, False]
    now[0] = 3601
    assert gate.allows(organisation, "e")
    assert not gate.allows(organisation, "member-17")
    now[0] = inspection.DAY + 3602
    assert gate.allows(organisation, "member-17")
    assert "member-17" not in repr(gate._asked)


def test_nothing_that_was_typed_is_logged(
    client: Client, union: Union, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even when the mail server is down and its error names the address."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with caplog.at_level("DEBUG"):
        ask(client, "17", "ada@example.org")
        settled()
    assert "was not sent" in caplog.text
    assert "ada" not in caplog.text.casefold()
    assert "17" not in [word for record in caplog.records for word in record.getMessage().split()]


def test_a_form_that_is_not_filled_in(client: Client, union: Union) -> None:
    answer = client.post(ADDRESS, {"number": "", "email": "no"})
    assert answer.status_code == 422
    assert "Enter a valid email address." in answer.content.decode()


@pytest.mark.parametrize(
    "email", ["ada@example.org\nBcc: eve@example.org", "ada@example.org,eve@example.org"]
)
def test_no_header_is_smuggled_in(client: Client, union: Union, mailbox: Mailbox, email: str) -> None:
    """Attack W2: the address goes nowhere but into a comparison."""
    client.post(ADDRESS, {"number": "17", "email": email})
    settled()
    assert mailbox.messages == []


def _without_reference(page: bytes) -> bytes:
    import re

    return re.sub(rb"[0-9a-f]{8}", b"", page)
