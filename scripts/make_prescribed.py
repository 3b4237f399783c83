"""Count which wording many public official documents share -> index/data/prescribed.npz.

    python scripts/make_prescribed.py FOLDER_OR_JSONL…

Every run of 13 compared characters of every document is hashed; those that stand in at least
LEAST documents are kept with the number of documents. The file holds hashes, never text: nothing
can be read back from it. In a small library it tells prescribed wording from re-use.

Inputs: folders of .txt, and .jsonl(.gz) with "text" or "paragraphs". The file that ships was
counted over 20,979 public official documents (29 million characters: government work reports,
policies, laws, news of branches and of the state broadcaster, 1954 to 2026).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from index.alignment import SHORTEST_RUN, fold  # noqa: E402
from index.alignment.runs import gram_hashes  # noqa: E402
from index.formulas.background import Background  # noqa: E402

LEAST = 4


def texts(path: Path) -> Iterator[str]:
    """The documents of a folder of .txt, or of a .jsonl or .jsonl.gz."""
    if path.is_dir():
        for file in sorted(path.rglob("*.txt")):
            yield file.read_text(encoding="utf-8")
        return
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            yield document.get("text") or "\n".join(document["paragraphs"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, default=ROOT / "index" / "data" / "prescribed.npz")
    arguments = parser.parse_args()
    found = [
        np.unique(gram_hashes(fold(text).codes, SHORTEST_RUN))
        for path in arguments.inputs
        for text in texts(path)
    ]
    hashes, counts = np.unique(np.concatenate(found), return_counts=True)
    often = counts >= LEAST
    background = Background.of(hashes[often], counts[often], documents=len(found))
    background.save(arguments.output)
    print(f"{len(found)} documents, {often.sum()} runs in at least {LEAST} of them")


if __name__ == "__main__":
    main()
