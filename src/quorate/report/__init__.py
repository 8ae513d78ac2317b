"""Reports for people, each drawn from a verified record: text, terminal, PDF, announcements."""
