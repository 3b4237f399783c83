"""What is asked when searches are measured: like what people ask, drawn with a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

SEED = 20260101
DOCUMENTS = 2_000
"""Documents whose texts are drawn from; all texts of a large library would fill the memory."""
SHORTEST = 12
YEARS = 3
"""Years that a filter by year spans."""


def draw(folder: Path, count: int, seed: int = SEED) -> list[str]:
    """Different questions of the lengths that people ask: topics, sentences, whole paragraphs.

    Every question is asked once, so no cache of answers can help.
    """
    from index.library import Library
    from index.text import sentences
    from index.topics import Taxonomy

    drawing = random.Random(seed)
    topics = [topic.name for topic in Taxonomy.load(folder).topics]
    with Library.open(folder) as library:
        documents = [entry.id for entry in library.documents()]
        chosen = drawing.sample(documents, min(len(documents), max(DOCUMENTS, count)))
        texts = [
            paragraph.text
            for id_ in sorted(chosen)
            for paragraph in library.paragraphs(id_)
            if len(paragraph.text) >= SHORTEST
        ]
    drawn = drawing.sample(texts, min(count, len(texts)))
    questions = dict.fromkeys(topics)
    for number, text in enumerate(drawn):
        if number % 5 == 4:
            questions[text] = None  # a pasted paragraph
        else:
            start, end = drawing.choice(sentences(text))
            questions[text[start:end][: drawing.randint(6, 40)]] = None
    asked = [question for question in questions if any(map(str.isalnum, question))]
    drawing.shuffle(asked)
    return asked[:count]


Narrowed = dict[str, object]
"""Keyword arguments of `Filters`."""


def filters(folder: Path, count: int, seed: int = SEED) -> dict[str, list[Narrowed]]:
    """For each way of narrowing a search, `count` filters: none, some years, a unit.

    Units are drawn as often as they have documents. A way that the library does not have (no
    document has a year) is left out.
    """
    from index.library import Library

    with Library.open(folder) as library:
        documents = library.documents()
    years = sorted({entry.year for entry in documents if entry.year})
    units = [entry.unit for entry in documents if entry.unit]
    drawing = random.Random(seed)
    ways: dict[str, list[Narrowed]] = {"none": [{} for _ in range(count)]}
    if years:
        ways["year"] = [_years(years, drawing) for _ in range(count)]
    if units:
        ways["unit"] = [{"unit": drawing.choice(units)} for _ in range(count)]
    return ways


def _years(years: Sequence[int], drawing: random.Random) -> Narrowed:
    """
    >>> _years([2020], random.Random(1))
    {'year': (2020, 2022)}
    """
    first = drawing.choice(years)
    return {"year": (first, first + YEARS - 1)}
