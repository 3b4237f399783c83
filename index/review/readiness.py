"""What the first review of a process would wait for, made beforehand."""

from __future__ import annotations

import contextlib

from index.errors import EncoderError, EncoderMismatch, LibraryBusy
from index.library import Library
from index.review.draft import pasted
from index.review.searching import gather
from index.text import ordinary_words

_ANYTHING = "某县2023年工作总结\n全年召开会议12次，由张三同志主持。"


def get_ready(library: Library) -> None:
    """Open and read what reviews of this library need once: its fingerprints and vectors, the
    model, the dictionary, the tables. Some seconds; the second time nothing.

    For while a person looks for the draft. Where the model cannot be opened the review itself will
    say so. Raises LibraryDamaged.
    """
    gather(library, pasted(_ANYTHING))
    ordinary_words()
    library.tokenizer.tokens(_ANYTHING)
    with contextlib.suppress(EncoderError, EncoderMismatch, LibraryBusy):
        len(library.store)
        library.encoder.encode_query(_ANYTHING)  # the first answer of a model takes longest
