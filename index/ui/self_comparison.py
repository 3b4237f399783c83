"""The library against itself, worked out beside the page, once for each state of the library.

It takes from a second to a minute. A Streamlit script is cut short by every click, so the work runs
in a thread of its own, shared by all sessions of this server.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import TYPE_CHECKING

from index.duplicates import STEPS, Step, find_duplicates
from index.errors import LibraryError

if TYPE_CHECKING:
    from index.findings import Duplicates
    from index.library import Library

LEAST = 0.05
"""Share, 0 to 1: pairs that have less in common are not kept,"""
LEAST_CHARACTERS = 200
"""but for those that share so many compared characters."""


class SelfComparison:
    """The newest result, and how far the next one is. For any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: Hashable = None
        self._thread: threading.Thread | None = None
        self.result: Duplicates | None = None
        """Of `state`, or of the one before while a newer one is worked out."""
        self.state: Hashable = None
        self.step: Step | None = None
        """What is being done; None before and after."""
        self.error: BaseException | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def share(self) -> float:
        """How far the work is, 0 to 1, by steps."""
        return STEPS.index(self.step) / len(STEPS) if self.step else 0.0

    def ask(self, library: Library, state: Hashable) -> None:
        """See to it that the result of `state` is there, or comes. Returns at once.

        What failed is not tried again for the same state.
        """
        with self._lock:
            if self.running or state in (self.state, self._wanted):
                return
            self._wanted, self.error = state, None
            self._thread = threading.Thread(
                target=self._run, args=(library, state), name="page: duplicates", daemon=True
            )
            self._thread.start()

    def _run(self, library: Library, state: Hashable) -> None:
        def begun(step: Step) -> None:
            self.step = step

        try:
            found = find_duplicates(library, LEAST, characters=LEAST_CHARACTERS, begun=begun)
            with self._lock:
                self.result, self.state = found, state
        except LibraryError as error:
            self.error = error
        except BaseException as error:  # the page raises it again, where it is seen
            self.error = error
            raise
        finally:
            self.step = None
