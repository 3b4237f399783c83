"""The topic taxonomy, and which paragraphs are about what.

A paragraph is about a topic by meaning and words together. For each topic two things are measured
on each paragraph:

- meaning: how far the best passage's cosine with the topic lies above the background, in spreads
  (see `calibration.Background`), and
- words: how densely the topic's phrases occur, and whether one stands in the heading above or in
  the title.

Neither is enough alone: a list of duties names every topic once, and meaning alone cannot tell
neighbours (廉政教育, 党风廉政建设) apart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary, proxy

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from index.calibration import Background
from index.errors import TopicError

if TYPE_CHECKING:
    from index.datatypes import StoredParagraph
    from index.library import Library

WORDS_WEIGHT = 1.25
"""Spreads that one phrase a sentence is worth; two are worth log2(5) / log2(3) times that."""
HEADING_WEIGHT = 2.9
"""Spreads that a phrase in the nearest heading above is worth: what stands under 加强廉政教育 is
about it, whatever its own words are."""
TITLE_WEIGHT = 2.8
"""Spreads that a phrase in the document's title is worth."""
ABOUT = 2.9
"""Evidence from which a paragraph is about a topic. All four fitted on the labels of the sample
(logistic regression) and held against the judged topics; `scripts/evaluate.py` prints both."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the taxonomy."""

    name: str
    description: str
    phrases: tuple[str, ...]
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The topics in force: those that ship, changed and extended by the library's topics.toml."""

    topics: tuple[Topic, ...]

    @classmethod
    def load(cls, folder: Path | None = None) -> Taxonomy:
        """Read the shipped topics and `folder`/topics.toml, whose topics win by name.

        Raises TopicError with the file and what is wrong in it.
        """
        shipped = resources.files("index") / "topics.toml"
        topics = {t.name: t for t in _parse(shipped.read_text(encoding="utf-8"), "topics.toml")}
        own = folder / "topics.toml" if folder else None
        if own and own.is_file():
            try:
                text = own.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise TopicError(f"{own} 不是 UTF-8 文字，请用记事本另存为 UTF-8。") from error
            topics.update({t.name: t for t in _parse(text, str(own))})
        return cls(tuple(topics.values()))

    def __getitem__(self, name: str) -> Topic:
        for topic in self.topics:
            if topic.name == name:
                return topic
        raise TopicError(
            f"没有名为“{name}”的专题，现有：{'、'.join(topic.name for topic in self.topics)}。"
        )


def _parse(text: str, where: str) -> list[Topic]:
    try:
        stored = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TopicError(f"{where} 不是有效的 TOML 文件（{error}），请改正。") from error
    topics = []
    tables: Any = stored.get("topic", [])
    known = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
    if not known or set(stored) - {"topic"}:
        raise TopicError(f"{where} 里每个专题要以 [[topic]] 开头，请改正。")
    for number, table in enumerate(tables, start=1):
        unknown = set(table) - {"name", "description", "phrases", "exclusions"}
        if unknown:
            raise TopicError(f"{where} 第 {number} 个专题里有不认识的项“{sorted(unknown)[0]}”。")
        name, phrases = table.get("name"), table.get("phrases", [])
        exclusions, description = table.get("exclusions", []), table.get("description") or name
        if not isinstance(name, str) or not name.strip():
            raise TopicError(f"{where} 第 {number} 个专题没有名称（name），请补上。")
        if not isinstance(description, str):
            raise TopicError(f"{where} 专题“{name}”的 description 应是一句话，请加上引号。")
        for key, value in (("phrases", phrases), ("exclusions", exclusions)):
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                raise TopicError(f"{where} 专题“{name}”的 {key} 应是一列词语，请改正。")
        topics.append(Topic(name.strip(), description, tuple(phrases), tuple(exclusions)))
    return topics


class PhraseCounter:
    """Counts the phrases of all topics in one pass over a text (Aho and Corasick 1975)."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = len(topics)
        owners: dict[str, list[tuple[int, bool]]] = {}
        for number, topic in enumerate(topics):
            for phrase in dict.fromkeys(topic.phrases):
                owners.setdefault(phrase, []).append((number, True))
            for exclusion in dict.fromkeys(topic.exclusions):
                owners.setdefault(exclusion, []).append((number, False))
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def count(self, text: str) -> list[int]:
        """How often a phrase of each topic stands in `text`.

        Where phrases overlap, the first counts, and of those that begin together the longest; none
        counts that touches an exclusion of its topic.

        >>> first = Topic("减负", "", ("减负", "基层减负"), ("企业减负",))
        >>> PhraseCounter([first, Topic("企业", "", ("企业",))]).count("基层减负，企业减负")
        [1, 1]
        """
        counts = [0] * self._topics
        if self._automaton is None:
            return counts
        found: dict[int, list[tuple[int, int, bool]]] = {}
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for topic, counted in self._owners[pattern]:
                found.setdefault(topic, []).append((start, -end, counted))
        for topic, matches in found.items():
            excluded = [(start, -end) for start, end, counted in matches if not counted]
            free = 0
            for start, end, counted in sorted(matches):
                if not counted or start < free:
                    continue
                if any(start < past and first < -end for first, past in excluded):
                    continue
                counts[topic] += 1
                free = -end
        return counts


CHARACTERS_A_SENTENCE = 60

TOGETHER = 2_000
"""Paragraphs measured in one go: enough for NumPy, little for the memory."""

Measured = float | NDArray[Any]


def evidence(
    meaning: Measured, phrases: Measured, sentences: Measured, heading: Measured, title: Measured
) -> NDArray[np.float64]:
    """How strongly paragraphs speak of a topic, in spreads above the background.

        meaning + WORDS_WEIGHT · log2(1 + 2 · phrases / √sentences)
                + HEADING_WEIGHT if heading + TITLE_WEIGHT if title

    Dividing by the square root lets a long paragraph need more phrases than a short one, but not in
    proportion: it may speak of the topic in a part of it. Numbers or arrays that fit each other.

    >>> round(float(evidence(3.0, 1, 4, False, False)), 2)
    4.25
    >>> float(evidence(0.5, 0, 4, True, False))
    3.4
    """
    density = np.asarray(phrases) / np.sqrt(np.maximum(1.0, sentences))
    words = WORDS_WEIGHT * np.log2(1.0 + 2.0 * density)
    places = HEADING_WEIGHT * np.asarray(heading) + TITLE_WEIGHT * np.asarray(title)
    return np.asarray(meaning + words + places)


@dataclass(frozen=True)
class TopicIndex:
    """Which paragraphs of one library, as it is now, are about which topic."""

    library: Library
    """A weak proxy where the index is kept beside its library by `of`."""
    taxonomy: Taxonomy
    vectors: NDArray[np.float32]
    """One row a topic: float32 (topics, dimension), unit length."""
    levels: tuple[tuple[float, float], ...]
    """(centre, spread) of each topic's cosines with the library's background."""
    counter: PhraseCounter

    @classmethod
    def of(cls, library: Library) -> TopicIndex:
        """The index of the library as it is now: opened once, and again after a change."""
        file = library.taxonomy_file
        key = (library.version, file.stat().st_mtime_ns if file.is_file() else 0)
        kept = _KEPT.get(library)
        if kept is None or kept[0] != key:
            # the library holds the index, so the index must not hold the library
            kept = key, replace(cls.open(library), library=proxy(library))
            _KEPT[library] = kept
        return kept[1]

    @classmethod
    def open(cls, library: Library) -> TopicIndex:
        """Read the taxonomy and measure the background; paragraphs are looked at when asked for."""
        taxonomy = Taxonomy.load(library.folder)
        texts = [f"{topic.name}：{topic.description}" for topic in taxonomy.topics]
        names = [topic.name for topic in taxonomy.topics]
        described = library.vectors_for_texts(texts, kind="query")
        named = library.vectors_for_texts(names, kind="query")
        vectors = (described + named).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        background = Background.of(library)
        return cls(
            library=library,
            taxonomy=taxonomy,
            vectors=vectors,
            levels=tuple(background.levels(vectors)),
            counter=PhraseCounter(taxonomy.topics),
        )

    def topics_of(self, paragraph_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The topics of some paragraphs, strongest first."""
        ids = list(paragraph_ids)
        table = self._evidence(self.library.paragraphs_by_id(ids))
        names = [topic.name for topic in self.taxonomy.topics]
        found: dict[int, tuple[str, ...]] = {}
        for id_ in ids:
            row = table.get(id_)
            if row is None:
                found[id_] = ()
                continue
            order = np.argsort(-row, kind="stable")
            found[id_] = tuple(names[i] for i in order if row[i] >= ABOUT)
        return found

    def paragraph_ids(self, name: str) -> NDArray[np.int64]:
        """Ids of the paragraphs about a topic, strongest first: int64 (n,)."""
        self.taxonomy[name]
        column = [topic.name for topic in self.taxonomy.topics].index(name)
        ids, table, _ = self._whole
        scores = table[:, column]
        chosen = np.flatnonzero(scores >= ABOUT)
        order = chosen[np.argsort(-scores[chosen], kind="stable")]
        return ids[order]

    def counts(self) -> dict[str, int]:
        """Paragraphs about each topic."""
        _, table, _ = self._whole
        numbers = (table >= ABOUT).sum(axis=0)
        return {t.name: int(n) for t, n in zip(self.taxonomy.topics, numbers, strict=True)}

    def table(self, by: Literal["year", "unit"]) -> list[tuple[str, str, int]]:
        """(topic, year or unit, paragraphs), for a heat map; unknown is “未知”."""
        _, scores, documents = self._whole
        value = {e.id: str(getattr(e, by) or "未知") for e in self.library.documents()}
        values = np.array([value.get(document, "未知") for document in documents.tolist()])
        rows = []
        for column, topic in enumerate(self.taxonomy.topics):
            about = values[scores[:, column] >= ABOUT]
            names, numbers = np.unique(about, return_counts=True)
            rows += [(topic.name, str(v), int(n)) for v, n in zip(names, numbers, strict=True)]
        return rows

    @cached_property
    def _whole(self) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
        """Of the whole library: ids int64 (n,) ascending, evidence float32 (n, topics), and the
        ids of the paragraphs' documents int64 (n,)."""
        ids: list[int] = []
        documents: list[int] = []
        rows: list[NDArray[np.float32]] = []
        waiting: dict[int, StoredParagraph] = {}

        def look() -> None:
            found = self._evidence(waiting)
            ids.extend(found)
            rows.extend(found.values())
            documents.extend(waiting[id_].source.document_id for id_ in found)
            waiting.clear()

        for entry in self.library.documents():
            if not entry.counted:
                continue  # a repeated text, which stands here once already
            waiting.update((p.id, p) for p in self.library.paragraphs(entry.id))
            if len(waiting) >= TOGETHER:
                look()
        look()
        order = np.argsort(np.array(ids, dtype=np.int64), kind="stable")
        table = np.array(rows, dtype=np.float32).reshape(len(ids), len(self.taxonomy.topics))
        return (
            np.array(ids, dtype=np.int64)[order],
            table[order],
            np.array(documents, dtype=np.int64)[order],
        )

    def _evidence(
        self, paragraphs: Mapping[int, StoredParagraph]
    ) -> dict[int, NDArray[np.float32]]:
        """Evidence by paragraph id, headings left out: float32 (topics,) each."""
        bodies = [p for p in paragraphs.values() if not p.level]
        if not bodies:
            return {}
        # headings and titles recur from paragraph to paragraph, so each is read once
        named: dict[str, list[int]] = {}
        for text in {p.source.title for p in bodies} | {_heading_above(p) for p in bodies}:
            named[text] = self.counter.count(text)
        table = evidence(
            self._meaning([p.id for p in bodies]),
            np.array([self.counter.count(p.text) for p in bodies]),
            np.array([[1.0 + len(p.text) / CHARACTERS_A_SENTENCE] for p in bodies]),
            np.array([named[_heading_above(p)] for p in bodies]) > 0,
            np.array([named[p.source.title] for p in bodies]) > 0,
        ).astype(np.float32)
        return {p.id: row for p, row in zip(bodies, table, strict=True)}

    def _meaning(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Spreads above the background of each one's best passage: float32 (n, topics)."""
        passages = self.library.passages_of(ids)
        place = {id_: row for row, id_ in enumerate(ids)}
        flat = [(place[id_], passage[0]) for id_ in passages for passage in passages[id_]]
        best = np.full((len(ids), len(self.levels)), -10.0, dtype=np.float32)
        if flat:
            rows, passage_ids = (
                np.array(column, dtype=np.int64) for column in zip(*flat, strict=True)
            )
            cosines = self.library.store.vectors(passage_ids) @ self.vectors.T
            centre, spread = np.array(self.levels, dtype=np.float32).T
            # committed but not yet published: no vector to compare
            known = np.nan_to_num((cosines - centre) / spread, nan=-10.0)
            np.maximum.at(best, rows, known)
        return best


_KEPT: WeakKeyDictionary[Library, tuple[tuple[int, int], TopicIndex]] = WeakKeyDictionary()


def _heading_above(paragraph: StoredParagraph) -> str:
    """The nearest heading that is not the paragraph's own beginning; "" where none stands above."""
    for heading in reversed(paragraph.heading_path):
        if heading != paragraph.source.title and not paragraph.text.startswith(heading[:10]):
            return heading
    return ""
