"""What reviewers made of findings, by the wording that they decided about."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import get_args

from index.catalogue.database import Database
from index.findings import Decision, Mark

_MARKS = frozenset(get_args(Mark))


class Decisions:
    """The table `decision`: a line for each thing that was said, so nothing said is lost.

    Writing is in a transaction, and needs no writer's lock: lines are only added, and nothing else
    of the catalogue depends on them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, wording: bytes, draft: bytes, title: str, decision: Decision | None) -> None:
        """Add what was said of a wording in a draft; None: what was said before no longer holds.

        Raises ValueError for a decision without a time.
        """
        if decision is None:
            said = ("", "", "", datetime.now())
        elif decision.when is None:
            raise ValueError("a decision is made at a time")
        else:
            said = (decision.mark, decision.note, decision.who, decision.when)
        mark, words, who, when = said
        self._database.run(
            "INSERT INTO decision (wording, draft, title, mark, note, who, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (wording, draft, title, mark, words, who, when.isoformat(timespec="seconds")),
        )

    def of(self, wordings: Collection[bytes], draft: bytes) -> dict[bytes, Decision]:
        """What holds for these wordings: what was said last of each in this draft, and where
        nothing was, what was said last in another, as `remembered`."""
        rows = self._database.rows(
            "SELECT wording, draft, title, mark, note, who, at FROM decision"
            " WHERE hex(wording) IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps([wording.hex().upper() for wording in wordings]),),
        )
        here: dict[bytes, Decision] = {}
        elsewhere: dict[bytes, dict[bytes, Decision]] = {}
        for wording, of_draft, title, mark, note, who, at in rows:
            said_here = of_draft == draft
            said = here if said_here else elsewhere.setdefault(wording, {})
            key = wording if said_here else of_draft
            said.pop(key, None)  # what was said last stands last
            if mark in _MARKS:
                when = datetime.fromisoformat(at)
                said[key] = Decision(mark, note, who, when, not said_here, title)
        for wording, said in elsewhere.items():
            if said and wording not in here:
                here[wording] = list(said.values())[-1]
        return here
