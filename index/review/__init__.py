"""A draft against a library: what is re-used, from where, and what was forgotten.

`gather` compares once; `judge` turns what it saw into a review, again at once for every switch.
Evidence, never a verdict: what is the same is shown, and a person decides what it means.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from index.datatypes import Metadata
from index.findings import Choices, Draft, Review
from index.library import Library
from index.review.draft import drafts_of, held, pasted
from index.review.judging import judge
from index.review.searching import gather

__all__ = ["drafts_of", "gather", "held", "judge", "pasted", "review"]


def review(
    library: Library,
    draft: Draft | Path | str,
    *,
    unit: str | None = None,
    year: int | None = None,
    choices: Choices = Choices(),  # noqa: B008 (frozen)
) -> Review:
    """Review a draft: a Draft, the path of a file, or (as str) a text.

    `unit` and `year` win over what the text says. Of a file that holds several documents the first
    is reviewed. Raises ReadError, LibraryDamaged.
    """
    given = Metadata(unit=unit, year=year)
    if isinstance(draft, Path):
        draft = drafts_of([draft], given)[0]
    elif isinstance(draft, str):
        draft = pasted(draft, given)
    return judge(gather(library, draft), choices)


class _Callable(ModuleType):
    """This module as the function of its name.

    `from index import review` promises the function; Python gives this module instead, for the
    import of a package's part sets the part on the package. Both are called alike.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Review:
        return review(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
