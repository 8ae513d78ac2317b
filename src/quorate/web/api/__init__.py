"""The public HTTP API, without authentication and without cookies."""
