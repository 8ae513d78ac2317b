"""What the demo leaves open: the result, a ballot to try, two officers to sign in as; until Ctrl-C."""

from __future__ import annotations

import select
import signal
import sys
from datetime import datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from rich.console import Console

from quorate.cli.demo_site import DemoSite
from quorate.cli.scenario import StageData
from quorate.election.draft import Draft, DraftOption, DraftQuestion
from quorate.record.manifest import Blank
from quorate.text import _

if TYPE_CHECKING:
    from quorate.apps.ballots.models import Ballot
    from quorate.apps.ballots.trial import TestLink

_TICK: Final = 0.5


def leave_open(site: DemoSite, stage: StageData, console: Console) -> None:
    """Open a ballot to try, say where everything is, and serve until Ctrl-C or SIGTERM."""
    from quorate.apps.ballots.models import Stage

    site.pool.shutdown()
    site.clock.back_to_now()
    released = next(one for one in _ballots(site) if one.stage == Stage.RELEASED and one.title == stage.title)
    name, links = _ballot_to_try(site, stage)

    def line(words: str = "") -> None:
        console.print(words, soft_wrap=True, markup=False)

    line()
    console.rule(_("The site is open"), align="left")
    line(site.url)
    line()
    line(_("The result that was just released"))
    line(f"  {site.url}/b/{released.name}/")
    line(_("A ballot to try, open for a day, as everybody sees it"))
    line(f"  {site.url}/b/{name}/")
    line(_("Links to vote in it, one for each made-up voter"))
    for link in links:
        line(f"  {link.link}")
    line()
    line(_("Two officers may sign in: {url}").format(url=f"{site.url}/officer/"))
    _codes(site, console)
    line()
    again = _(" Enter shows new codes.") if sys.stdin.isatty() else ""
    line(_("Ctrl-C stops the site.") + again)
    sys.stdout.flush()
    _wait(site, console)
    line(_("Stopped."))


def _ballots(site: DemoSite) -> list[Ballot]:
    from quorate.apps.ballots.selectors import ballots_of

    return list(ballots_of(site.organisation.slug))


def _ballot_to_try(site: DemoSite, stage: StageData) -> tuple[str, tuple[TestLink, ...]]:
    """A draft that officers can go on with, and a test ballot of it, open for a day."""
    from quorate.apps.ballots import services
    from quorate.apps.ballots.trial import hold_test

    officer = site.officers[0].account
    zone = ZoneInfo(site.organisation.zone)
    day = datetime.now(zone).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=30)
    question = DraftQuestion(
        id=stage.id,
        text=stage.question,
        options=(DraftOption("yes", stage.yes), DraftOption("no", stage.no)),
        rule=stage.rule,
        blank=Blank("blank", _("Leave it blank")),
    )
    content = Draft(
        organisation=site.organisation.name,
        body=stage.body,
        title=stage.title,
        contact=site.organisation.help,
        zone=site.organisation.zone,
        opens=f"{day:%Y-%m-%dT%H:%M}",
        closes=f"{day + timedelta(days=2):%Y-%m-%dT%H:%M}",
        roll_fingerprint="",
        host=site.host,
        question=(question,),
    )
    draft = services.create_ballot(organisation=site.organisation.slug, title=content.title, by=officer)
    services.save_draft(ballot=draft, content=content, base=0, by=officer)
    test, links = hold_test(ballot=draft, by=officer)
    return test.name, links


def _codes(site: DemoSite, console: Console) -> None:
    """Who may sign in, and with what."""
    from quorate.apps.organisation.accounts import code_now

    for officer in site.officers:
        new = officer.new
        console.print(
            _("  {name}   password {password}   code now {code}   (app secret {secret})").format(
                name=new.account.get_username(),
                password=new.password,
                code=code_now(new.totp_secret),
                secret=new.totp_secret,
            ),
            soft_wrap=True,
            markup=False,
        )


def _wait(site: DemoSite, console: Console) -> None:
    """Until somebody stops it; at a terminal, Enter shows the codes of this half minute."""
    stops = (signal.SIGINT, signal.SIGTERM)  # said anew: a shell starts background jobs deaf to Ctrl-C
    before = [signal.signal(number, _interrupt) for number in stops]
    listening = sys.stdin.isatty()
    try:
        while True:
            ready = select.select([sys.stdin] if listening else [], [], [], _TICK)[0]
            if ready:
                listening = bool(sys.stdin.readline())
                _codes(site, console)
    except KeyboardInterrupt:
        console.print()
    finally:
        for number, handler in zip(stops, before, strict=True):
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
