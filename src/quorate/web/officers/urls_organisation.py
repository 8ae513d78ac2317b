"""Organisation, members, rolls, accounts: below /officer/<organisation>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import accounts, audit, imports, members, organisation, rolls

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/", organisation.settings, name="settings"),
    path("settings/edit/", organisation.edit, name="settings-edit"),
    path("bodies/new/", organisation.add_body, name="body-new"),
    path("bodies/<slug:body>/", organisation.edit_body, name="body"),
    path("members/", members.members, name="members"),
    path("members/new/", members.add, name="member-new"),
    path("members/<int:member>/", members.member, name="member"),
    path("members/<int:member>/join/", members.join, name="join"),
    path("members/<int:member>/memberships/<int:pk>/", members.membership, name="membership"),
    path(
        "members/<int:member>/memberships/<int:pk>/delete/",
        members.delete_membership,
        name="membership-delete",
    ),
    path("members/import/", imports.hand_in, name="import"),
    path("members/import/<slug:token>/", imports.look, name="import-look"),
    path("members/import/<slug:token>/problems.csv", imports.problems, name="import-problems"),
    path("officers/", accounts.officers, name="officers"),
    path("officers/ask/", accounts.ask, name="officers-ask"),
    path("officers/withdraw/", accounts.withdraw, name="officers-withdraw"),
    path("officers/requests/<int:pk>/", accounts.decide, name="officers-decide"),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.download, name="audit-csv"),
    path("rolls/", rolls.overview, name="rolls"),
    path("rolls/freeze/", rolls.freeze, name="freeze"),
    path("rolls/<slug:body>/<int:number>/", rolls.roll, name="roll"),
    path("rolls/<slug:body>/<int:number>/correct/", rolls.ask, name="roll-ask"),
    path("rolls/<slug:body>/corrections/<int:pk>/", rolls.decide, name="roll-decide"),
]
