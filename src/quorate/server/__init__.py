"""The site: settings, addresses, the ASGI application, the embedded PostgreSQL, the server process."""
