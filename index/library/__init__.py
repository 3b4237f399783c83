"""One folder on disk is one library: everything that was added, searchable.

The only place that holds the encoder, the catalogue and its shadows together.
"""

from __future__ import annotations

from index.library.library import Library
from index.library.status import Status
from index.library.verification import Problem

__all__ = ["Library", "Problem", "Status"]
