"""What /metrics says about requests. Figures of ballots are the apps' to register, never by choice."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram

_requests: Final = Counter("quorate_requests", "Requests answered.", ("method", "route", "status"))
_seconds: Final = Histogram(
    "quorate_request_seconds",
    "Time to answer.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; ``route`` is a pattern, so that there are as many series as routes."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(route).observe(seconds)
