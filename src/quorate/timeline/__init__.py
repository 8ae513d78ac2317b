"""Deadlines: what a law asks for before and after a vote, as dated data; every step cites its law.

Start with ``timetable.py``. Nothing here knows what day it is: today is a parameter.
"""

from __future__ import annotations

from quorate.timeline.calendar import Amount, Calendar, Settings, Step
from quorate.timeline.library import UnknownCalendar, all_calendars, calendar
from quorate.timeline.timetable import Earliest, Item, earliest, timetable
from quorate.timeline.windows import protest_window

__all__ = [
    "Amount",
    "Calendar",
    "Earliest",
    "Item",
    "Settings",
    "Step",
    "UnknownCalendar",
    "all_calendars",
    "calendar",
    "earliest",
    "protest_window",
    "timetable",
]
