"""Drafts as the wizard writes them: the first one, the questions in it, what two officers changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import transaction

from quorate.apps.ballots import services
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import Ballot
from quorate.apps.ballots.services import Account
from quorate.apps.ballots.workplace import copy_texts
from quorate.apps.organisation.models import Organisation
from quorate.election.draft import Draft, DraftError, DraftQuestion, instant_of, zone_named
from quorate.record.canonical import instant
from quorate.text import _

DEFAULT_LIMIT = 5


@transaction.atomic
def begin_draft(*, organisation: Organisation, title: str, by: Account) -> Ballot:
    """A new ballot with its first draft: what the organisation's settings say, and one empty question."""
    ballot = services.create_ballot(organisation=organisation.slug, title=title, by=by)
    content = first_draft(organisation=organisation, title=title)
    services.save_draft(ballot=ballot, content=content, base=0, by=by)
    return ballot


def first_draft(*, organisation: Organisation, title: str) -> Draft:
    """What a draft begins with: what the organisation's settings say, and one empty question."""
    return Draft(
        organisation=organisation.name,
        body="",
        title=title,
        contact=organisation.help,
        zone=organisation.zone,
        opens="",
        closes="",
        roll_fingerprint="",
        host=settings.ENVIRONMENT.host,
        question=(DraftQuestion("question-1", "", ()),),
        group_limit=DEFAULT_LIMIT,
        registrar="hosted",
    )


@transaction.atomic
def copy_draft(*, ballot: Ballot, by: Account) -> Ballot:
    """A new ballot with the same draft and texts; its times are left open, and codes and key are its own."""
    copy = services.copy_ballot(ballot=ballot, by=by)
    copy_texts(ballot, copy)
    last = copy.drafts.last()
    if last is not None:
        content = msgspec.structs.replace(msgspec.convert(last.content, Draft), opens="", closes="")
        services.save_draft(ballot=copy, content=content, base=last.number, by=by)
    return copy


def add_question(draft: Draft) -> Draft:
    """The draft with one more empty question."""
    taken = {question.id for question in draft.question}
    name = next(f"question-{n}" for n in range(1, len(taken) + 2) if f"question-{n}" not in taken)
    return msgspec.structs.replace(draft, question=(*draft.question, DraftQuestion(name, "", ())))


def remove_question(draft: Draft, place: int) -> Draft:
    """The draft without its question number `place` (from 0); NotAllowed for the only one."""
    if len(draft.question) < 2:
        raise NotAllowed(_("A ballot asks at least one question."))
    kept = tuple(question for at, question in enumerate(draft.question) if at != place)
    return msgspec.structs.replace(draft, question=kept)


def with_question(draft: Draft, place: int, question: DraftQuestion) -> Draft:
    """The draft with its question number `place` (from 0) replaced."""
    questions = [*draft.question]
    questions[place] = question
    return msgspec.structs.replace(draft, question=tuple(questions))


def option_ids(labels: Sequence[str]) -> tuple[str, ...]:
    """Short stable ids for options, made from their labels: lower-case words, each once."""
    made: list[str] = []
    for label in labels:
        plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "option"
        base = f"option-{base}" if base in {"yes", "no", "blank", "abstain"} else base
        name, n = base, 2
        while name in made:
            name, n = f"{base}-{n}", n + 1
        made.append(name)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Moments:
    """A voting window as instants, for showing it in its zone and in UTC."""

    opens: datetime
    closes: datetime
    zone: str


def moments(draft: Draft) -> Moments | None:
    """The window of a draft; None while it is open or cannot be."""
    try:
        zone = zone_named(draft.zone)
        opens, closes = instant_of("opens", draft.opens, zone), instant_of("closes", draft.closes, zone)
    except DraftError:
        return None
    return Moments(instant(opens), instant(closes), draft.zone)
