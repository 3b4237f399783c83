"""How strongly paragraphs speak of each topic: the formula, and what it is measured with."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.topics.phrases import PhraseCounter
from index.topics.taxonomy import Taxonomy, Topic

if TYPE_CHECKING:
    from index.catalogue.bodies import Body
    from index.library import Library
    from index.vectors import VectorStore

WORDS_WEIGHT = 1.25
"""Spreads that one phrase a sentence is worth; two are worth log2(5) / log2(3) times that."""
HEADING_WEIGHT = 2.1
"""Spreads that a phrase in the nearest heading above is worth, or in the words that the paragraph
opens with: what stands under 加强廉政教育 is about it, whatever its own words are."""
TITLE_WEIGHT = 2.8
"""Spreads that a phrase in the document's title is worth."""
RIVAL_WEIGHT = 0.6
"""Of the spreads by which another topic fits better, so many are taken away. So a title says what a
paragraph is about only where the paragraph does not say otherwise itself."""
SUPPORT_WEIGHT = 1.5
"""Spreads that it is worth that every other paragraph of the document has a phrase of some topic. A
paragraph of a report that names nothing may be about a topic all the same; the same nearness in a
technical standard is chance, and half a million paragraphs have many chances."""
ABOUT = 3.4
"""Evidence from which a paragraph is about a topic. The weights are a logistic regression over the
labels of the sample, the same for all topics, rounded, but for that of support: all of the sample
are reports. docs/quality.md says how it was checked that they hold elsewhere."""

LEAST, MOST = -2.0, 8.0
"""Meaning is read within these: a paragraph without a vector is not proof against a topic."""
MOST_RIVALRY = 6.0

CHARACTERS_A_SENTENCE = 60

_OPENING = re.compile(r"[^。；！？，,;：:\n]{2,28}[。：:](?=\s*\S)")
"""A first sentence that is short and not all of it: 一是改作风。…"""

LOOKED_AT = 32
"""Paragraphs of a document, spread evenly over it, that are asked for phrases for its support."""

Measured = float | NDArray[Any]
Table = NDArray[np.float32]


def evidence(
    meaning: Measured,
    phrases: Measured,
    sentences: Measured,
    heading: Measured,
    title: Measured,
    support: Measured = 0.0,
) -> NDArray[np.float64]:
    """How strongly paragraphs speak of topics, in spreads above the background.

        own = meaning + WORDS_WEIGHT · log2(1 + 2 · phrases / √sentences)
                      + HEADING_WEIGHT if heading
        evidence = own + TITLE_WEIGHT if title + SUPPORT_WEIGHT · √support
                       − RIVAL_WEIGHT · (best own of another topic − own)⁺

    Dividing by the square root lets a long paragraph need more phrases than a short one, but not in
    proportion: it may speak of the topic in a part of it. `support`: the share of the document's
    other paragraphs with a phrase of any topic. The last axis is the topics.

    >>> evidence(np.array([3.0, 1.0]), np.array([1, 0]), 4, False, np.array([False, True])).round(2)
    array([4.25, 1.85])
    """
    density = np.asarray(phrases) / np.sqrt(np.maximum(1.0, sentences))
    words = WORDS_WEIGHT * np.log2(1.0 + 2.0 * density)
    own = np.asarray(meaning + words + HEADING_WEIGHT * np.asarray(heading))
    rivalry = np.clip(_best_other(own) - own, 0.0, MOST_RIVALRY)
    places = TITLE_WEIGHT * np.asarray(title) + SUPPORT_WEIGHT * np.sqrt(support)
    return np.asarray(own + places - RIVAL_WEIGHT * rivalry)


def _best_other(own: NDArray[Any]) -> NDArray[Any]:
    """For each topic the highest value of the others; its own where there is no other."""
    if own.ndim == 0 or own.shape[-1] < 2:
        return own
    second, first = np.split(np.partition(own, -2, axis=-1)[..., -2:], 2, axis=-1)
    return np.where(own >= first, second, first)


@dataclass(frozen=True, slots=True)
class Support:
    """Whether some of a document's paragraphs have a phrase of any topic."""

    named: Mapping[int, Mapping[int, bool]]
    """Document -> paragraph -> whether it has."""

    def share(self, body: Body) -> float:
        """0 to 1: of the paragraphs that were asked, this one among them, those others that have.

        So a text of one paragraph has none.
        """
        asked = self.named.get(body.document_id, {})
        having = sum(asked.values()) - asked.get(body.id, False)
        return having / len(asked) if asked else 0.0


def evenly(paragraphs: int) -> list[int]:
    """Which of so many paragraphs are asked, LOOKED_AT at most, the first and the last among them.

    >>> evenly(3), len(evenly(1000)), evenly(1000)[-1]
    ([0, 1, 2], 32, 999)
    """
    places = np.linspace(0, paragraphs - 1, min(LOOKED_AT, paragraphs)).round()
    return [int(place) for place in places]


@dataclass(frozen=True, slots=True)
class Instruments:
    """What paragraphs are measured with: the topics as vectors and phrases, and their background.

    The same instruments give the same evidence, so what was measured once stays true.
    """

    topics: tuple[Topic, ...]
    described: NDArray[np.float32]
    """Name and description of each topic: float32 (topics, dimension), unit length."""
    said: NDArray[np.float32]
    """Descriptions and examples, those of a topic together: float32 (sentences, dimension)."""
    begins: NDArray[np.int64]
    """Where each topic begins in `said`: int64 (topics,)."""
    levels: NDArray[np.float32]
    """(centre, spread) of the cosines of each row of `described`, then of `said`, with unrelated
    passages: float32 (topics + sentences, 2)."""
    counter: PhraseCounter

    @classmethod
    def of(
        cls, library: Library, taxonomy: Taxonomy, levels: NDArray[np.float32] | None = None
    ) -> Instruments:
        """Those of a library; `levels` that were measured before, or None to measure them now."""
        topics = taxonomy.topics
        said = [(number, text) for number, topic in enumerate(topics) for text in _said(topic)]
        texts = [f"{topic.name}：{topic.description}" for topic in topics]
        texts += [topic.name for topic in topics]
        texts += [text for _, text in said]
        vectors = library.vectors_for_texts(texts, kind="query").astype(np.float32)
        together = vectors[: len(topics)] + vectors[len(topics) : 2 * len(topics)]
        together /= np.maximum(1e-9, np.linalg.norm(together, axis=1, keepdims=True))
        sentences = vectors[2 * len(topics) :]
        if levels is None:
            levels = measured_levels(library, np.concatenate([together, sentences]))
        begins = np.searchsorted([number for number, _ in said], np.arange(len(topics)))
        return cls(topics, together, sentences, begins, levels, PhraseCounter(topics))

    def support(self, bodies: Iterable[Body]) -> Support:
        """That of documents by `bodies`, those of their paragraphs that `evenly` chooses."""
        named: dict[int, dict[int, bool]] = {}
        for body in bodies:
            known = any(self.counter.count(body.text, body.year))
            named.setdefault(body.document_id, {})[body.id] = known
        return Support(named)

    def measure(
        self, bodies: Sequence[Body], store: VectorStore, support: Support
    ) -> tuple[Table, NDArray[np.bool]]:
        """Evidence, float32 (len(bodies), topics), and whether all vectors of each are in `store`:
        bool (len(bodies),)."""
        # headings and titles recur from paragraph to paragraph, so each is read once
        named: dict[str, NDArray[np.bool]] = {}

        def names(text: str) -> NDArray[np.bool]:
            if text not in named:
                named[text] = np.array(self.counter.count(text)) > 0
            return named[text]

        meaning, known = self._meaning([body.passages for body in bodies], store)
        shape = (len(bodies), len(self.topics))
        counts = np.array(
            [self.counter.count(body.text, body.year) for body in bodies], dtype=np.float32
        ).reshape(shape)
        sentences = np.array([1 + len(b.text) / CHARACTERS_A_SENTENCE for b in bodies], np.float32)
        heading, title = np.zeros(shape, np.bool), np.zeros(shape, np.bool)
        for row, body in enumerate(bodies):
            opening, above = placed(body)
            if above:
                heading[row] = names(above)
            if opening:
                heading[row] |= names(opening)
            if body.title:
                title[row] = names(body.title)
        shares = np.array([support.share(body) for body in bodies], np.float32)
        found = evidence(
            meaning, counts, sentences[:, np.newaxis], heading, title, shares[:, np.newaxis]
        )
        return found.astype(np.float32), known

    def _meaning(
        self, passages: Sequence[Sequence[int]], store: VectorStore
    ) -> tuple[Table, NDArray[np.bool]]:
        """Spreads above the background: the mean of the best passage's for the description and of
        the best passage's for the nearest sentence. float32 (len(passages), topics)."""
        topics = len(self.topics)
        lengths = np.array([len(one) for one in passages], dtype=np.int64)
        best = np.full((len(passages), topics), LEAST, np.float32)
        known = np.ones(len(passages), np.bool)
        if not lengths.sum() or not topics:
            return best, known
        ids = np.fromiter((id_ for one in passages for id_ in one), np.int64, int(lengths.sum()))
        rows = np.flatnonzero(lengths)
        first = (np.cumsum(lengths) - lengths)[rows]
        vectors = store.vectors(ids)
        # committed but not yet published: no vector to compare
        missing = np.isnan(vectors[:, 0]) if vectors.shape[1] else np.ones(len(ids), np.bool)
        known[rows] = ~np.logical_or.reduceat(missing, first)
        if not vectors.shape[1]:
            return best, known
        centre, spread = self.levels.T
        cosines = vectors @ np.concatenate([self.described, self.said]).T
        spreads = np.nan_to_num((cosines - centre) / spread, nan=LEAST)
        described = np.maximum.reduceat(spreads[:, :topics], first, axis=0)
        nearest = np.maximum.reduceat(spreads[:, topics:], first, axis=0)
        said = np.maximum.reduceat(nearest, self.begins, axis=1)
        best[rows] = (np.clip(described, LEAST, MOST) + np.clip(said, LEAST, MOST)) / 2
        return best, known


def measured_levels(library: Library, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(centre, spread) of the cosines of each row with what is unrelated, as the library is now."""
    from index.calibration import Background

    levels = Background.of(library).levels(vectors) if len(vectors) else []
    return np.array(levels, dtype=np.float32).reshape(-1, 2)


def fingerprint(taxonomy: Taxonomy, encoder: str) -> str:
    """Names everything but the levels that evidence depends on besides the paragraphs."""
    weights = (
        *(WORDS_WEIGHT, HEADING_WEIGHT, TITLE_WEIGHT, RIVAL_WEIGHT, SUPPORT_WEIGHT, ABOUT),
        *(LEAST, MOST, MOST_RIVALRY, CHARACTERS_A_SENTENCE, LOOKED_AT),
    )
    topics = [(t.name, t.description, t.phrases, t.exclusions, t.examples) for t in taxonomy.topics]
    value = [1, weights, encoder, topics]
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


def placed(body: Body) -> tuple[str, str]:
    """(the words that a paragraph opens with like a heading, the nearest heading above it).

    "" where there are none. The first may be a heading of the path: 一是改作风。… stands below
    itself.
    """
    opening, above = "", ""
    for heading in reversed(body.headings):
        if heading == body.title:
            continue
        if body.text.startswith(heading[:10]):
            opening = opening or heading
        else:
            above = heading
            break
    if not opening and (match := _OPENING.match(body.text)):
        opening = match.group()
    return opening, above


def _said(topic: Topic) -> Iterable[str]:
    return dict.fromkeys((topic.description, *topic.examples))
