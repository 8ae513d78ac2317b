"""Settings for every test: reproducible properties, and no network.

Property tests draw the same examples on every run. To look for new ones:
``pytest --hypothesis-profile=explore tests/properties``.

The network is closed to tests (pytest-socket, set in pyproject.toml). A test that needs loopback marks
itself: ``@pytest.mark.allow_hosts(["127.0.0.1", "::1"])``. Unix sockets are open.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a loaded machine is not a failing test
)
settings.register_profile(
    "explore", settings.get_profile("repeatable"), derandomize=False, max_examples=5_000
)
settings.load_profile("repeatable")
