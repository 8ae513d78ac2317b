"""The command line. ``main`` is the entry; each subcommand is a module that is loaded when it is used."""

from __future__ import annotations
