"""Any sentence-transformers model, on CUDA where present, else on the CPU."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.batches import by_budget, group_equal
from index.embedding.prompts import prompts_for
from index.embedding.protocol import Vectors, gather
from index.errors import EncoderError, MissingDependency, ModelNotFound

log = logging.getLogger(__name__)

CHARACTERS = {"cpu": 2048, "cuda": 32768}
"""A padded batch holds at most this many characters; a Chinese one is about 0.7 tokens."""
ROWS = {"cpu": 32, "cuda": 256}


class TorchEncoder:
    """Implements `index.embedding.protocol.Encoder` with sentence-transformers on torch.

    Threads may share one; they take turns.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        label: str | None = None,
        threads: int = 0,
        device: str | None = None,
    ) -> None:
        """Load the sentence-transformers model in `folder`.

        `label` is the model's name, by which its prompts are known when it configures none; the
        folder's name unless given. `threads`: cores to use, 0 for all. `device`: "cpu" or "cuda";
        None takes CUDA where present. Never reaches the network. Raises ModelNotFound where the
        folder holds no model, MissingDependency where sentence-transformers is not installed.
        """
        try:
            import sentence_transformers
            import torch
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise MissingDependency(
                "使用这个模型需要 sentence-transformers，请安装：pip install sentence-transformers",
                extra="sentence-transformers",
            ) from error
        if threads:
            torch.set_num_threads(threads)
        if device is None:
            device = "cuda" if torch.cuda.is_available() else "cpu"
        half = torch.bfloat16 if device == "cuda" and torch.cuda.is_bf16_supported() else None
        kind = torch.float32 if device == "cpu" else half or torch.float16
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model: Any = sentence_transformers.SentenceTransformer(
                str(folder), device=device, local_files_only=True, model_kwargs={"dtype": kind}
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelNotFound(
                f"{folder} 里没有能用的 sentence-transformers 模型（{error}）。"
                "请重新取得整个文件夹，或把 XUNZHANG_MODEL 设为另一个模型。"
            ) from error
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            raise EncoderError(f"{folder} 里的模型没有给出向量的维数，不能使用，请换一个模型。")
        self.name = name
        self.folder: Path | None = folder
        self.dimension = int(dimension)
        self.max_tokens = int(self._model.max_seq_length or 512)
        self.prompts = prompts_for(label or folder.name, dict(self._model.prompts))
        self.device = device
        self._turn = threading.Lock()

    def encode_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        return gather(self.encode_passages_in_batches(texts), len(texts), self.dimension, progress)

    def encode_query(self, text: str) -> Vectors:
        with self._turn:
            rows = self._model.encode_query(
                [text],
                prompt=self.prompts.query,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        vector: Vectors = _unit(rows)[0]
        return vector

    def encode_passages_in_batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        distinct, positions = group_equal(texts)
        lengths = [len(text) + len(self.prompts.passage) for text in distinct]
        budget, rows_at_most = CHARACTERS[self.device], ROWS[self.device]
        for batch in by_budget(lengths, tokens=budget, rows=rows_at_most):
            with self._turn:
                rows = self._model.encode_document(
                    [distinct[i] for i in batch],
                    batch_size=len(batch),
                    prompt=self.prompts.passage,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            where = [position for i in batch for position in positions[i]]
            yield where, np.repeat(_unit(rows), [len(positions[i]) for i in batch], axis=0)

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage with its prefix and special tokens; above `max_tokens` it is cut."""
        return len(self._model.tokenizer(self.prompts.passage + text, truncation=False).input_ids)


def _unit(rows: Any) -> Vectors:
    """float32 rows of unit length: half precision on CUDA leaves them a little off."""
    vectors = np.array(rows, dtype=np.float32)
    np.divide(vectors, np.linalg.norm(vectors, axis=1, keepdims=True), out=vectors)
    return vectors
