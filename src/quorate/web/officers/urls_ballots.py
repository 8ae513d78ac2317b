"""Ballots in preparation: below /officer/<organisation>/ballots/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import ballots, opening, wizard

_ONE = "ballots/<str:ballot>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("ballots/", ballots.ballots, name="ballots"),
    path("ballots/new", ballots.new, name="ballot_new"),
    path(_ONE, ballots.ballot, name="ballot"),
    path(f"{_ONE}versions", ballots.versions, name="ballot_versions"),
    path(f"{_ONE}copy", ballots.copy, name="ballot_copy"),
    path(f"{_ONE}test", ballots.test, name="ballot_test"),
    path(f"{_ONE}draft/<str:step>", wizard.step, name="ballot_step"),
    path(f"{_ONE}draft/<str:step>/<int:question>", wizard.step, name="ballot_question_step"),
    path(f"{_ONE}questions", wizard.add_question, name="ballot_question_add"),
    path(f"{_ONE}questions/<int:question>/remove", wizard.remove_question, name="ballot_question_remove"),
    path(f"{_ONE}questions/<int:question>/texts", wizard.attach, name="ballot_attach"),
    path(f"{_ONE}texts/<str:fingerprint>", wizard.document, name="ballot_document"),
    path(f"{_ONE}codes", opening.ballot_codes, name="ballot_codes"),
    path(f"{_ONE}codes/make", opening.make_codes, name="ballot_codes_make"),
    path(f"{_ONE}codes/hand-over", opening.hand_over_codes, name="ballot_codes_hand_over"),
    path(f"{_ONE}codes/roll", opening.roll_file, name="ballot_roll"),
    path(f"{_ONE}codes/list", opening.take_list, name="ballot_list"),
    path(f"{_ONE}ceremony", opening.ceremony, name="ballot_ceremony"),
    path(f"{_ONE}prepare", opening.prepare, name="ballot_prepare"),
    path(f"{_ONE}sign", opening.sign, name="ballot_sign"),
    path(f"{_ONE}back", opening.back, name="ballot_back"),
    path(f"{_ONE}open", opening.open_ballot, name="ballot_open"),
]
