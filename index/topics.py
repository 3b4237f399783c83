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

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from index.calibration import Background
from index.errors import TopicError

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        tables: Any = tomllib.loads(text).get("topic", [])
    except tomllib.TOMLDecodeError as error:
        raise TopicError(f"{where} 不是有效的 TOML 文件（{error}），请改正。") from error
    topics = []
    if not isinstance(tables, list):
        raise TopicError(f"{where} 里每个专题要以 [[topic]] 开头，请改正。")
    for number, table in enumerate(tables, start=1):
        unknown = set(table) - {"name", "description", "phrases", "exclusions"}
        if unknown:
            raise TopicError(f"{where} 第 {number} 个专题里有不认识的项“{sorted(unknown)[0]}”。")
        name, phrases = table.get("name"), table.get("phrases", [])
        exclusions = table.get("exclusions", [])
        if not isinstance(name, str) or not name.strip():
            raise TopicError(f"{where} 第 {number} 个专题没有名称（name），请补上。")
        for key, value in (("phrases", phrases), ("exclusions", exclusions)):
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                raise TopicError(f"{where} 专题“{name}”的 {key} 应是一列词语，请改正。")
        topics.append(
            Topic(name.strip(), table.get("description") or name, tuple(phrases), tuple(exclusions))
        )
    return topics


class PhraseCounter:
    """Counts a topic's phrases in a text, those inside an exclusion left out."""

    def __init__(self, topic: Topic) -> None:
        longest_first = sorted(topic.phrases, key=lambda phrase: (-len(phrase), phrase))
        self._phrases = (
            re.compile("|".join(map(re.escape, longest_first))) if topic.phrases else None
        )
        self._excluded = (
            re.compile("|".join(map(re.escape, topic.exclusions))) if topic.exclusions else None
        )

    def count(self, text: str) -> int:
        """How often a phrase stands in `text`, the longest counted where several begin.

        >>> topic = Topic("主题教育", "", ("主题教育",), ("主题教育片",))
        >>> PhraseCounter(topic).count("主题教育和主题教育片")
        1
        """
        if self._phrases is None:
            return 0
        if self._excluded is not None:
            text = self._excluded.sub("\n", text)
        return sum(1 for _ in self._phrases.finditer(text))


CHARACTERS_A_SENTENCE = 60


def evidence(
    meaning: float, phrases: int, sentences: float, heading: bool = False, title: bool = False
) -> float:
    """How strongly a paragraph speaks of a topic, in spreads above the background.

        meaning + WORDS_WEIGHT · log2(1 + 2 · phrases / √sentences)
                + HEADING_WEIGHT if heading + TITLE_WEIGHT if title

    Dividing by the square root lets a long paragraph need more phrases than a short one, but not in
    proportion: it may speak of the topic in a part of it.

    >>> evidence(3.0, 0, 4), round(evidence(3.0, 1, 4), 2), evidence(0.5, 0, 4, heading=True)
    (3.0, 4.25, 3.4)
    """
    words = WORDS_WEIGHT * math.log2(1.0 + 2.0 * phrases / math.sqrt(max(1.0, sentences)))
    return meaning + words + HEADING_WEIGHT * heading + TITLE_WEIGHT * title


@dataclass(frozen=True)
class TopicIndex:
    """Which paragraphs of one library, as it is now, are about which topic."""

    library: Library
    taxonomy: Taxonomy
    vectors: NDArray[np.float32]
    """One row a topic: float32 (topics, dimension), unit length."""
    levels: tuple[tuple[float, float], ...]
    """(centre, spread) of each topic's cosines with the library's background."""
    counters: tuple[PhraseCounter, ...]

    @classmethod
    def of(cls, library: Library) -> TopicIndex:
        """The index of the library as it is now: opened once, and again after a change."""
        file = library.taxonomy_file
        key = (library.version, file.stat().st_mtime_ns if file.is_file() else 0)
        kept = _KEPT.get(library)
        if kept is None or kept[0] != key:
            kept = key, cls.open(library)
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
            levels=tuple(background.level(vector) for vector in vectors),
            counters=tuple(PhraseCounter(topic) for topic in taxonomy.topics),
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
        for entry in self.library.documents():
            paragraphs = self.library.paragraphs(entry.id)
            found = self._evidence({p.id: p for p in paragraphs})
            ids += found
            rows += found.values()
            documents += [entry.id] * len(found)
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
        bodies = {id_: p for id_, p in paragraphs.items() if not p.level}
        meaning = self._meaning(bodies)
        # headings and titles recur from paragraph to paragraph, so each is read once
        named: dict[str, list[bool]] = {}
        found = {}
        for id_, paragraph in bodies.items():
            sentences = 1.0 + len(paragraph.text) / CHARACTERS_A_SENTENCE
            title, heading = paragraph.source.title, _heading_above(paragraph)
            for text in (title, heading):
                if text not in named:
                    named[text] = [counter.count(text) > 0 for counter in self.counters]
            found[id_] = np.array(
                [
                    evidence(near, counter.count(paragraph.text), sentences, in_heading, in_title)
                    for near, counter, in_heading, in_title in zip(
                        meaning[id_], self.counters, named[heading], named[title], strict=True
                    )
                ],
                dtype=np.float32,
            )
        return found

    def _meaning(self, paragraphs: Iterable[int]) -> dict[int, NDArray[np.float32]]:
        """Spreads above the background of each paragraph's best passage: float32 (topics,)."""
        wanted = list(paragraphs)
        passages = self.library.passages_of(wanted)
        flat = [(id_, passage[0]) for id_ in wanted for passage in passages.get(id_, ())]
        far_below = np.full(len(self.counters), -10.0, dtype=np.float32)
        best = {id_: far_below for id_ in wanted}
        if not flat:
            return best
        cosines = self.library.store.vectors(np.array([p for _, p in flat])) @ self.vectors.T
        centres = np.array([centre for centre, _ in self.levels], dtype=np.float32)
        spreads = np.array([spread for _, spread in self.levels], dtype=np.float32)
        for (id_, _), row in zip(flat, (cosines - centres) / spreads, strict=True):
            # fmax: nan is a passage that is not in this generation of the store yet
            best[id_] = np.fmax(best[id_], row)
        return best


_KEPT: WeakKeyDictionary[Library, tuple[tuple[int, int], TopicIndex]] = WeakKeyDictionary()


def _heading_above(paragraph: StoredParagraph) -> str:
    """The nearest heading that is not the paragraph's own beginning; "" where none stands above."""
    for heading in reversed(paragraph.heading_path):
        if heading != paragraph.source.title and not paragraph.text.startswith(heading[:10]):
            return heading
    return ""
