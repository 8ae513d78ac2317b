"""What every request passes on its way in and out.

Two things are special here. Requests are served asynchronously, and Django would hand each of its own
middlewares to a thread and back: those that only set headers do so in place (`_InPlace`). And sessions,
sign-in, messages and forgery tokens exist for officers only (`_ForOfficers`): elsewhere a request has no
session and no user at all, its cookies are not even parsed, so that no page of a voter can depend on one.
A form that needs no cookie needs no forgery token either: there is no authority to abuse.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware

from quorate.server.metrics import observe

OFFICER_PATHS: Final = ("/officer/", "/accounts/")
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "usb",
    )
)  # fmt: skip
_log = logging.getLogger("quorate.request")


def has_cookies(request: HttpRequest) -> bool:
    """Whether this request belongs to the part of the site that knows cookies."""
    return request.path_info.startswith(OFFICER_PATHS)


class RequestRecord:
    """Outermost: counts and logs each request by its route; gives it a reference that people can quote."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._later(request)
        begin = self._begin(request)
        response = self.get_response(request)
        return self._end(request, response, begin)

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        begin = self._begin(request)
        response = await self.get_response(request)
        return self._end(request, response, begin)

    def _begin(self, request: HttpRequest) -> float:
        request.reference = secrets.token_hex(4)  # type: ignore[attr-defined]  # ours, for pages and log lines
        if not has_cookies(request):
            request.COOKIES = {}
        return time.perf_counter()

    def _end(self, request: HttpRequest, response: HttpResponseBase, begin: float) -> HttpResponseBase:
        if has_cookies(request):
            # With "no-referrer" browsers post forms with "Origin: null", which proves nothing.
            response.headers["Referrer-Policy"] = "same-origin"
        else:
            response.cookies = SimpleCookie()
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        match = request.resolver_match
        route = "/" + str(match.route) if match else "(none)"
        took = time.perf_counter() - begin
        method = request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
        observe(method or "other", route, response.status_code, took)
        if route not in {"/healthz", "/readyz", "/metrics"}:
            _log.info(
                "request",
                extra={
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "milliseconds": round(took * 1000),
                    "reference": request.reference,  # type: ignore[attr-defined]  # set in _begin
                },
            )
        return response


class _InPlace:
    """For a middleware of the older kind that neither waits nor works: no thread is taken for it."""

    get_response: Callable[[HttpRequest], Any]

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before = getattr(self, "process_request", None)
        early: HttpResponseBase | None = before(request) if before else None
        response = early or await self.get_response(request)
        done: HttpResponseBase = self.process_response(request, response)  # type: ignore[attr-defined]  # of the middleware it is mixed into
        return done


class Security(_InPlace, SecurityMiddleware):
    """nosniff, Referrer-Policy, opener policy, HSTS where the site is https."""


class ContentPolicy(_InPlace, CSPMiddleware):
    """The content security policy of the settings, without inline scripts or styles."""


class Frames(_InPlace, XFrameOptionsMiddleware):
    """X-Frame-Options, for browsers that do not read the policy's frame-ancestors."""


class Common(_InPlace, CommonMiddleware):
    """Slashes at the end of addresses, and Content-Length."""


class _ForOfficers:
    """Does nothing outside /officer/ and /accounts/."""

    get_response: Callable[[HttpRequest], Any]

    def __call__(self, request: HttpRequest) -> Any:
        if not has_cookies(request):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]  # of the middleware it is mixed into


class OfficerSession(_ForOfficers, SessionMiddleware):
    """Sessions, for officers."""


class OfficerForgery(_ForOfficers, CsrfViewMiddleware):
    """Forgery tokens, for officers."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Any,
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        if not has_cookies(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class OfficerSignIn(_ForOfficers, AuthenticationMiddleware):
    """`request.user`, for officers."""


class OfficerMessages(_ForOfficers, MessageMiddleware):
    """One-time messages, for officers."""
