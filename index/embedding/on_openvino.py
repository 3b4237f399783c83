"""The bundled model on CPUs: tokenizers and OpenVINO, neither torch nor transformers."""

from __future__ import annotations

import json
import logging
import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding import bundled
from index.embedding.batches import by_budget, group_equal
from index.embedding.graph import ACTIVATION_GROUP
from index.embedding.protocol import Vectors, gather
from index.embedding.quick_tokens import Ids, QuickTokens
from index.embedding.runtime import load_openvino
from index.errors import EncoderError

log = logging.getLogger(__name__)

TOKENS = 512
"""A padded batch holds at most this many tokens; see docs/encoding.md for the others tried."""
ROWS = 64
GRANULE = 4
"""Lengths are rounded up to multiples of this: OpenVINO prepares every new shape anew."""
AHEAD = 512
"""So many texts are cut into tokens before their batch is due: enough to find equal lengths."""
QUEUED = 2
"""Batches that wait inside OpenVINO: Python may take so long to prepare the next one."""


class OpenVinoEncoder:
    """Implements `index.embedding.protocol.Encoder`. Threads may share one."""

    def __init__(
        self, folder: Path, name: str, *, threads: int = 0, precision: str | None = None
    ) -> None:
        """Open the unpacked model in `folder`.

        `threads`: cores to use, 0 for all. `precision`: "f32" or "bf16"; None leaves the choice to
        OpenVINO, which takes bf16 where the processor computes in it. Raises EncoderError where
        the files do not match their checksums or OpenVINO cannot use them.
        """
        self.name = name
        self.folder: Path | None = folder
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": ACTIVATION_GROUP,
        }
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        if precision is not None:
            options["INFERENCE_PRECISION_HINT"] = precision
        # reading, checking and compiling do not hold the interpreter, so they go side by side
        with ThreadPoolExecutor(3, "open-encoder") as pool:
            checking = pool.submit(bundled.damaged, folder, "openvino/")
            tokens = pool.submit(QuickTokens, folder)
            openvino = load_openvino()
            try:
                self._model = _compiled(
                    openvino.Core(), str(folder / "openvino" / "model.xml"), options
                )
            except RuntimeError as error:
                problem: RuntimeError | None = error
            else:
                problem = None
            wrong = checking.result()
            if wrong:
                raise DamagedFolder(folder, wrong)
            if problem is not None:
                raise EncoderError(
                    f"OpenVINO 不能使用 {folder} 里的模型（{problem}）。"
                    "可以设置 XUNZHANG_BACKEND=torch 改用 PyTorch。"
                ) from problem
            self._tokens = tokens.result()
        stored = json.loads((folder / "openvino" / "settings.json").read_text(encoding="utf-8"))
        self.dimension: int = stored["dimension"]
        self.max_tokens: int = stored["max_tokens"]
        self._bos = np.array([stored["bos"]], np.int32)
        self._eos = np.array([stored["eos"]], np.int32)
        self._pad: int = stored["pad"]
        self._prompts = {
            name: np.array(ids, np.int32) for name, ids in stored["prompt_ids"].items()
        }
        streams = int(self._model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._under_way = streams + QUEUED
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(streams):
            self._idle.put(self._model.create_infer_request())

    @property
    def precision(self) -> str:
        """What OpenVINO computes in: "f32", "bf16" or "f16"."""
        return str(self._model.get_property("INFERENCE_PRECISION_HINT").to_string())

    def encode_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        return gather(self.encode_passages_in_batches(texts), len(texts), self.dimension, progress)

    def encode_query(self, text: str) -> Vectors:
        ids, cut = self._sequence(text, "query")
        if cut:
            _tell(1, self.max_tokens)
        request = self._idle.get()
        try:
            request.infer(self._padded([ids]))  # copied, see encode_passages_in_batches
            return np.array(request.get_output_tensor(0).data[0], dtype=np.float32)
        finally:
            self._idle.put(request)

    def encode_passages_in_batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        distinct, positions = group_equal(texts)
        order = sorted(range(len(distinct)), key=lambda i: -len(distinct[i]))
        free = [self._model.create_infer_request() for _ in range(self._under_way)]
        running: deque[tuple[Any, list[int]]] = deque()
        sequences: dict[int, Ids] = {}  # by place in `order`, until they travel
        cut_short = 0

        def lengths() -> Iterator[int]:
            # asked for between batches, so a text is cut into tokens while others are computed
            nonlocal cut_short
            for place, i in enumerate(order):
                sequences[place], cut = self._sequence(distinct[i], "passage")
                cut_short += cut
                yield len(sequences[place])

        def finished() -> tuple[list[int], Vectors]:
            request, chosen = running.popleft()
            request.wait()
            rows = np.array(request.get_output_tensor(0).data, dtype=np.float32)
            free.append(request)
            where = [position for i in chosen for position in positions[i]]
            repeats = [len(positions[i]) for i in chosen]
            return where, rows if len(where) == len(chosen) else np.repeat(rows, repeats, axis=0)

        try:
            for batch in by_budget(
                lengths(), tokens=TOKENS, rows=ROWS, granule=GRANULE, ahead=AHEAD
            ):
                if not free:
                    yield finished()
                request = free.pop()
                # Without share_inputs OpenVINO copies the few kilobytes. With it, its graph
                # keeps the address of our array after that is gone, and writes there when the
                # next request does not share: heap corruption, seen with 2026.4.1.
                request.start_async(self._padded([sequences.pop(i) for i in batch]))
                running.append((request, [order[i] for i in batch]))
            while running:
                yield finished()
        finally:
            for request, _ in running:
                request.wait()  # left early or interrupted: no work goes on behind our back
        if cut_short:
            _tell(cut_short, self.max_tokens)

    def count_tokens(self, text: str) -> int:
        """Tokens of a passage with its prefix and special tokens; above `max_tokens` it is cut."""
        return 2 + len(self._prompts["passage"]) + len(self._tokens.ids(text))

    def _sequence(self, text: str, prompt: str) -> tuple[Ids, bool]:
        """int32 (tokens,) as the model reads it, and whether the text had to be cut off."""
        start = self._prompts[prompt]
        ids = self._tokens.ids(text)
        room = self.max_tokens - 2 - len(start)
        return np.concatenate([self._bos, start, ids[:room], self._eos]), len(ids) > room

    def _padded(self, sequences: Sequence[Ids]) -> list[Any]:
        """[ids, mask]: int32 (n, longest) both."""
        longest = max(len(ids) for ids in sequences)
        width = min(-(-longest // GRANULE) * GRANULE, self.max_tokens)
        ids = np.full((len(sequences), width), self._pad, np.int32)
        mask = np.zeros((len(sequences), width), np.int32)
        for row, sequence in enumerate(sequences):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        return [ids, mask]


class DamagedFolder(EncoderError):
    """Files of an unpacked model are not what its manifest says."""

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        super().__init__(f"模型文件夹 {folder} 已损坏（{'、'.join(files)}），请删除它后重试。")
        self.files = tuple(files)


def _compiled(core: Any, model: str, options: dict[str, Any]) -> Any:
    """The model, with attention as products and a softmax rather than one compiled loop.

    That loop ("snippets") takes 3 % longer on our batches (docs/encoding.md). The switch is
    undocumented, so a version of OpenVINO that does not know it works without.
    """
    try:
        return core.compile_model(model, "CPU", {**options, "SNIPPETS_MODE": "DISABLE"})
    except RuntimeError as error:
        log.debug("without the switch for snippets: %s", error)
        return core.compile_model(model, "CPU", options)


def _tell(count: int, tokens: int) -> None:
    log.warning("%d 段文字超过模型一次能读的 %d 个词元，超出的部分没有参与比较。", count, tokens)
