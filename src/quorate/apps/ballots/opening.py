"""Towards opening: the codes, what is still missing, fixing the manifest, and going back to the draft."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db import transaction

import quorate.web
from quorate.apps.ballots import services
from quorate.apps.ballots.electorate import roll_file, voters_of
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Approval, Ballot, Stage
from quorate.apps.ballots.selectors import latest_draft
from quorate.apps.ballots.services import OPEN, Account, record_event
