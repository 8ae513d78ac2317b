"""A ballot from its opening on: below /officer/<organisation>/ballots/<ballot>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import archive, result, running

_ONE = "ballots/<str:ballot>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_ONE}terms", archive.terms, name="ballot_terms"),
    path(f"{_ONE}running", running.page, name="running"),
    path(f"{_ONE}running/<slug:kind>/new", running.propose, name="running_propose"),
    path(f"{_ONE}running/events/<slug:name>", running.event, name="running_event"),
    path(f"{_ONE}running/events/<slug:name>/post", running.post, name="running_post"),
    path(f"{_ONE}running/events/<slug:name>/withdraw", running.withdraw, name="running_withdraw"),
    path(f"{_ONE}closing", result.closing, name="closing"),
    path(f"{_ONE}closing/count", result.count, name="count"),
    path(f"{_ONE}protests", result.protests, name="protests"),
    path(f"{_ONE}protests/new", result.record, name="protest_record"),
    path(f"{_ONE}protests/<int:number>/settle", result.settle, name="protest_settle"),
    path(f"{_ONE}result", result.result, name="result"),
    path(f"{_ONE}result/release", result.release, name="result_release"),
    path(f"{_ONE}after", archive.page, name="after"),
    path(f"{_ONE}after/<slug:kind>/propose", archive.propose, name="after_propose"),
    path(f"{_ONE}after/steps/<int:number>", archive.decide, name="after_decide"),
    path(f"{_ONE}after/rerun", archive.rerun, name="after_rerun"),
]
