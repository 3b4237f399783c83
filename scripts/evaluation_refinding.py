"""Re-finding: a paragraph with a third of its words replaced or dropped must find its original.

What a person half remembers, or has rewritten. Half of the words that go are replaced by words of
other paragraphs, half are dropped. A result is the original where its family holds it, or a
paragraph of the very same text: who finds an identical copy has found the wording.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.datatypes import Hit, SearchMode
from index.library import Library
from index.retrieval import search
from index.text import Tokenizer, normalise

PARAGRAPHS = 500
SHORTEST = 40
"""Characters of a paragraph that is worth re-finding."""
CHANGED = 1 / 3
FIRST = 3
"""Results that a person looks at."""
REQUIRED = 0.98
SEED = 20240630

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A paragraph of the library, what is asked, and all paragraphs of the same text."""

    paragraph: int
    query: str
    same: frozenset[int]


def words(tokenizer: Tokenizer, text: str) -> list[tuple[int, int]]:
    """Where the words of `text` stand, in order, without the shorter words inside them.

    >>> text = "开展廉政教育，加强管理。"
    >>> [text[start:end] for start, end in words(Tokenizer(), text)]
    ['开展', '廉政', '教育', '加强', '管理']
    """
    found: list[tuple[int, int]] = []
    for _, start, end in tokenizer.spans(text):
        while found and start <= found[-1][0] and found[-1][1] <= end:
            found.pop()  # a part comes before the word that it is part of
        found.append((start, end))
    return found


def change(
    text: str, places: Sequence[tuple[int, int]], others: Sequence[str], drawing: random.Random
) -> str:
    """`text` with a third of its words (at `places`) replaced by some of `others`, or dropped.

    >>> change("甲乙丙", [(0, 1), (1, 2), (2, 3)], ["丁"], random.Random(1))
    '丁乙丙'
    """
    chosen = set(drawing.sample(range(len(places)), round(len(places) * CHANGED)))
    pieces: list[str] = []
    last = 0
    for number, (start, end) in enumerate(places):
        if number in chosen:
            pieces.append(text[last:start])
            if drawing.random() < 0.5:
                pieces.append(drawing.choice(others))
            last = end
    return "".join(pieces) + text[last:]


def draw(library: Library, count: int = PARAGRAPHS, seed: int = SEED) -> list[Changed]:
    """`count` paragraphs of at least SHORTEST characters, no headings, changed; a fixed seed.

    Raises ValueError where the library has none.
    """
    texts: dict[int, str] = {}
    same: dict[str, set[int]] = defaultdict(set)
    for entry in library.documents():
        if entry.counted:
            for paragraph in library.paragraphs(entry.id):
                if not paragraph.level:
                    texts[paragraph.id] = paragraph.text
                    same[normalise(paragraph.text)].add(paragraph.id)
    drawing = random.Random(seed)
    candidates = sorted(id_ for id_, text in texts.items() if len(text) >= SHORTEST)
    if not candidates:
        raise ValueError(f"{library.folder} has no paragraph of {SHORTEST} characters")
    chosen = drawing.sample(candidates, min(count, len(candidates)))
    tokenizer = library.tokenizer
    places = {id_: words(tokenizer, texts[id_]) for id_ in chosen}
    others = [texts[id_][start:end] for id_ in chosen for start, end in places[id_]]
    return [
        Changed(
            id_,
            change(texts[id_], places[id_], others, drawing),
            frozenset(same[normalise(texts[id_])]),
        )
        for id_ in chosen
    ]


def found(hits: Sequence[Hit], wanted: Changed) -> bool:
    """Whether the original, or a paragraph of the same text, is in a family of the FIRST."""
    return any(wanted.same.intersection(hit.family.paragraph_ids) for hit in hits[:FIRST])


def refound(
    library: Library, drawn: Sequence[Changed], mode: SearchMode
) -> tuple[list[float], float]:
    """1 or 0 for each of `drawn`, and milliseconds a search."""
    began = time.perf_counter()
    values = [float(found(search(library, one.query, FIRST, mode), one)) for one in drawn]
    return values, 1000 * (time.perf_counter() - began) / max(1, len(drawn))


def unmet_refinding(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is required of search as the page does it (hybrid) and missed."""
    return [
        f"refinding: {row['mean']:.3f} found in the first {FIRST}, required {REQUIRED:.2f}"
        for row in rows
        if row.get("set") == "refinding" and row["mode"] == "hybrid" and row["mean"] < REQUIRED
    ]
