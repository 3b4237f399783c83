"""Token ids of the bundled model without the time and memory that its whole tokenizer takes."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embedding.tokenizer_file import QUICK

Ids = NDArray[np.int32]


class QuickTokens:
    """Cuts Chinese and English by the small tokenizer, whatever has other letters by the whole one.

    The two give the same ids for every text (why: `tokenizer_file.build_quick`); the whole one
    costs 0.7 s and 280 MB, so it is loaded when a text first needs it.
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
        # 0 is the unknown token: a character that no piece has, or one that is not for the quick
        if quick.all() or QUICK.fullmatch(self._quick.normalizer.normalize_str(text)):
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
