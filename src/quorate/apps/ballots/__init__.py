"""Ballots: drafts, approvals, the open boxes, release. Plain choices are never known here."""
