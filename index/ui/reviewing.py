"""The drafts on a reviewer's desk: read, compared once, and kept for this session."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from index.errors import LibraryError
from index.findings import Choices, Draft, Evidence, Review
from index.library import Library
from index.library.layout import safe_name
from index.review import gather, held, judge, pasted
from index.review.campaign import Together, read
from index.review.readiness import get_ready
from index.review.witnesses import listed_anew

_KEY = "drafts-under-review"


@dataclass
class Batch:
    """The drafts of one review, and what was seen of each."""

    drafts: list[Draft]
    unread: list[str] = field(default_factory=list)
    """Sentences: which files could not be read, and why."""
    which: int | None = None
    """The one that is open; None while all of several are shown."""
    number: int = 0
    """Of this session's batches: keys of widgets belong to one batch."""
    _seen: dict[int, tuple[tuple[object, ...], Evidence]] = field(default_factory=dict)
    _joined: tuple[tuple[Evidence, ...], tuple[Evidence, ...]] | None = None
    """Each as it was gathered, and with what it shares with the other drafts."""
    _together: Together = field(default_factory=Together)
    _judged: dict[int, Review] = field(default_factory=dict)

    def evidences(
        self, library: Library, report: Callable[[int], None] | None = None
    ) -> tuple[Evidence, ...]:
        """Of every draft, those of several with what they share. Only what changed is compared
        again: with the library a draft whose unit or year was told, or all, where the library
        changed; with each other those whose text changed.

        `report` takes how many are done.
        """
        for place, draft in enumerate(self.drafts):
            state = (draft, str(library.folder), library.version)
            if place not in self._seen or self._seen[place][0] != state:
                self._seen[place] = (state, gather(library, draft))
            if report is not None:
                report(place + 1)
        alone = self._alone()
        if self._joined is None or any(
            one is not other for one, other in zip(self._joined[0], alone, strict=True)
        ):
            self._joined = (alone, self._together.among(alone))
        return self._joined[1]

    def judged(self, place: int, evidence: Evidence, choices: Choices) -> Review:
        """The review of a draft; of thirty only those are judged again whose evidence or switches
        are others than the last time."""
        known = self._judged.get(place)
        if known is None or known.evidence is not evidence or known.choices != choices:
            known = self._judged[place] = judge(evidence, choices)
        return known

    @property
    def compared(self) -> int:
        """How many drafts were compared with the library already."""
        return len(self._seen)

    def tell(self, place: int, unit: str | None, year: int | None) -> None:
        """Say whose draft it is, and of which year."""
        self.drafts[place] = replace(self.drafts[place], unit=unit, year=year)

    def list_phrase(self, library: Library, phrase: str, source: str) -> None:
        """Add a set phrase to the library's list; every draft here is judged with it at once."""
        library.add_formula(phrase, source)
        self._seen = {
            place: (state, listed_anew(library, evidence))
            for place, (state, evidence) in self._seen.items()
        }
        if self._joined is not None:  # what the drafts share with each other is the same as before
            joined = tuple(listed_anew(library, evidence) for evidence in self._joined[1])
            self._joined = (self._alone(), joined)

    def _alone(self) -> tuple[Evidence, ...]:
        return tuple(self._seen[place][1] for place in range(len(self.drafts)))


def current() -> Batch | None:
    """What lies on this session's desk."""
    batch: Batch | None = st.session_state.get(_KEY)
    return batch


def lay(batch: Batch) -> None:
    """Put a batch on the desk, in the place of what lay there."""
    if len(batch.drafts) == 1:
        batch.which = 0
    batch.number = st.session_state["drafts-laid"] = st.session_state.get("drafts-laid", 0) + 1
    st.session_state[_KEY] = batch


def clear() -> None:
    """Take everything off the desk."""
    st.session_state.pop(_KEY, None)


@st.cache_resource(max_entries=4, show_spinner=False)
def _readying(folder: str, _library: Library) -> threading.Thread:
    def ready() -> None:
        with contextlib.suppress(LibraryError):  # the review meets it again, and says it
            get_ready(_library)

    thread = threading.Thread(target=ready, name="page: 准备审稿", daemon=True)
    thread.start()
    return thread


def make_ready(library: Library) -> threading.Thread:
    """Open beside the page, once a server, what the first review would wait for: the person is
    still looking for the draft. Returns at once; join the thread before closing the library."""
    return _readying(str(library.folder), library)


def of_files(files: Sequence[tuple[str, bytes]]) -> Batch:
    """Uploaded files, as (name, bytes). They are read from a folder of their own, which is gone
    when this returns: a draft under review is no document of the library."""
    with tempfile.TemporaryDirectory(prefix="xunzhang-") as folder:
        paths = []
        for number, (name, data) in enumerate(files):
            path = Path(folder, str(number), safe_name(name))
            path.parent.mkdir()
            path.write_bytes(data)
            paths.append(path)
        drafts, errors = read(paths)
    return Batch(
        [replace(draft, path=Path(draft.path).name) for draft in drafts],
        [f"{Path(error.path).name}：{error.reason}" for error in errors],
    )


def of_text(text: str) -> Batch:
    """A pasted text. Raises ReadError where there is nothing in it."""
    return Batch([pasted(text)])


def of_document(library: Library, document_id: int) -> Batch:
    """A document of the library. Raises UnknownDocument."""
    return Batch([held(library, document_id)])
