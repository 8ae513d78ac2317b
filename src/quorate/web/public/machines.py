"""What programs read: the feed of decisions, robots.txt, the list of pages for search engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from quorate.apps.ballots.public import public_ballots
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import organisation_named, organisations
from quorate.text import _
from quorate.web.public.organisation import DecidedBallot, decided
from quorate.web.public.pages import FRESH, for_everybody

if TYPE_CHECKING:
    DecisionFeed = Feed[DecidedBallot, Organisation]
else:
    DecisionFeed = Feed  # Django's own has no type parameters


class Decisions(DecisionFeed):
    """An organisation's decisions, the latest first, as Atom."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str) -> Organisation:
        """The organisation; UnknownOrganisation when there is none."""
        return organisation_named(slug)

    def title(self, organisation: Organisation) -> str:
        """Whose decisions these are."""
        return _("Decisions of {organisation}").format(organisation=organisation.name)

    def link(self, organisation: Organisation) -> str:
        """Its page."""
        return reverse("public:organisation", args=[organisation.slug])

    def items(self, organisation: Organisation) -> Sequence[DecidedBallot]:
        """The latest fifty."""
        return decided(public_ballots(organisation.slug))[:50]

    def item_title(self, item: DecidedBallot) -> str:
        """Verdict and title."""
        verdicts = ", ".join(one.verdict for one in item.decisions)
        mark = f" ({item.mark})" if item.mark else ""
        return f"{item.ballot.manifest.title}: {verdicts}{mark}"

    def item_description(self, item: DecidedBallot) -> str:
        """Each question with its verdict, and how many of all members said yes."""
        lines = []
        for one in item.decisions:
            yes = _(" Yes: {share}.").format(share=one.yes_of_all) if one.yes_of_all else ""
            lines.append(f"{one.question} {one.verdict}.{yes}")
        return "\n".join(lines)

    def item_link(self, item: DecidedBallot) -> str:
        """The page of the result."""
        return reverse("public:ballot", args=[item.ballot.name])

    def item_pubdate(self, item: DecidedBallot) -> datetime | None:
        """When the result became public."""
        return item.ballot.released

    def item_updateddate(self, item: DecidedBallot) -> datetime | None:
        """The same: a released result does not change."""
        return item.ballot.released


decisions = for_everybody(Decisions())


@for_everybody
def robots(request: HttpRequest) -> HttpResponse:
    """Results are for everybody; sign-in and the voting booth are no search results."""
    sitemap = request.build_absolute_uri(reverse("public:sitemap"))
    lines = [
        "User-agent: *",
        "Disallow: /officer/",
        "Disallow: /accounts/",
        "Disallow: /api/",
        "Disallow: /board/",
        "Disallow: /t/",
        "Disallow: /b/*/vote",
        "Disallow: /b/*/board/",
        f"Sitemap: {sitemap}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@for_everybody
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages that exist for everybody."""
    paths = [reverse("public:home"), reverse("public:how-to-verify")]
    for organisation in organisations():
        paths.append(reverse("public:organisation", args=[organisation.slug]))
        paths += [reverse("public:ballot", args=[one.name]) for one in public_ballots(organisation.slug)]
    context = {"addresses": [request.build_absolute_uri(path) for path in paths]}
    response = render(request, "public/sitemap.xml", context, content_type="application/xml")
    response["Cache-Control"] = FRESH
    return response


@for_everybody
def how_to_verify(request: HttpRequest) -> HttpResponse:
    """How anyone checks a result, written for somebody who never did."""
    return render(request, "public/how_to_verify.html")
