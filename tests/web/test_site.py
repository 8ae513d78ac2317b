"""The site as a whole: it answers, with strict headers, without cookies, and asks nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

PUBLIC = ["/", "/healthz", "/nothing-here", "/api/docs"]


@pytest.mark.parametrize("path", [*PUBLIC, "/accounts/login/"])
def test_headers_are_strict(client: Client, db: None, path: str) -> None:
    """No inline script or style, no frame, no referrer, nothing sniffed (attacks W2, W5, E8)."""
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    own = path.startswith("/accounts/")  # a form of officers proves by its Origin where it comes from
    assert headers["Referrer-Policy"] == ("same-origin" if own else "no-referrer")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers  # the site of tests is http


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_set_no_cookie(client: Client, db: None, path: str) -> None:
    response = client.get(path, headers={"cookie": "sessionid=x; csrftoken=y"})
    assert not response.cookies
    assert not hasattr(response.wsgi_request, "session")
    assert response.wsgi_request.COOKIES == {}


def test_the_browser_meets_the_site(page: Page, site: Any, assert_accessible: Callable[[Page], None]) -> None:
    page.goto("/")
    assert page.title()
    assert_accessible(page)


def test_log_lines_are_json_by_route(page: Page, site: Any) -> None:
    page.goto("/accounts/login/?next=/officer/&code=0123-4567-89AB-CDEF-GHJK-MNPQ")
    lines = [json.loads(line) for line in site.log]
    assert [line["route"] for line in lines if line["event"] == "request"] == ["/accounts/login/"]
    assert "0123" not in "".join(site.log)
    assert "127.0.0.1" not in "".join(site.log)
