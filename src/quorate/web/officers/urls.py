"""Below /officer/. Each part of the site keeps a list of its own and adds its line here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from quorate.web.officers import (
    accounts,
    home,
    organisation,
    styleguide,
    urls_agreements,
    urls_ballots,
    urls_motions,
    urls_organisation,
    urls_register,
    urls_running,
    urls_signing,
)

app_name = "officers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("styleguide", styleguide.page, name="styleguide"),
    path("", home.choose, name="choose"),
    *urls_signing.urlpatterns,
    path("invitation/<str:token>/", accounts.invitation, name="invitation"),
    path("new/organisation/", organisation.new, name="organisation-new"),
    path("<slug:organisation>/", home.home, name="home"),
    path("<slug:organisation>/", include(urls_organisation.urlpatterns)),
    path("<slug:organisation>/", include(urls_ballots.urlpatterns)),
    path("<slug:organisation>/", include(urls_motions.urlpatterns)),
    path("<slug:organisation>/", include(urls_register.urlpatterns)),
    path("<slug:organisation>/", include(urls_agreements.urlpatterns)),
    path("<slug:organisation>/", include(urls_running.urlpatterns)),
]
