"""Quorate: votes of unions and member organisations that anyone can re-derive from a public record."""

from __future__ import annotations

__version__ = "0.1.0"
