"""Motions on their way from body to body, meetings, recorded votes. A motion is the list of its events."""
