"""Token ids of the bundled model without the half second that its whole tokenizer takes to load."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Ids = NDArray[np.int32]


class QuickTokens:
    """Cuts Chinese by the small tokenizer, and whatever that does not know by the whole one.

    The two give the same ids for every text (why: `tokenizer_file.build_quick`); the whole one
    costs 0.8 s and 250 MB, so it is loaded when a text first asks for it (a small letter will do).
    """

    def __init__(self, folder: Path) -> None:
        """`folder`: the unpacked model."""
        self._quick = Tokenizer.from_file(str(folder / "openvino" / "tokenizer.json"))
        self._pieces: Ids = np.load(folder / "openvino" / "pieces.npy")
        self._whole_path = folder / "tokenizer.json"
        self._whole: Tokenizer | None = None
        self._loading = threading.Lock()

    def ids(self, text: str) -> Ids:
        """int32 (tokens,): the ids of `text` alone, without special tokens, not cut off."""
        quick = np.array(self._quick.encode(text, add_special_tokens=False).ids, dtype=np.int32)
        if quick.all():
            return self._pieces[quick]
        return np.array(self._load().encode(text, add_special_tokens=False).ids, dtype=np.int32)

    @property
    def whole_loaded(self) -> bool:
        return self._whole is not None

    def _load(self) -> Tokenizer:
        with self._loading:
            if self._whole is None:
                whole = Tokenizer.from_file(str(self._whole_path))
                whole.no_truncation()
                self._whole = whole
            return self._whole
