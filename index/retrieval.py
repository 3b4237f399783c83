"""Search a library by meaning, by words, or both at once.

Two retrievers each bring their best POOL paragraphs, filters applied inside them. Every candidate
is then measured by both (the cosine of a paragraph found by words, too), by the characters that it
has of the query, and by the query's words in the heading and the title above it. All are put on
scales that do not depend on which other candidates happen to be there, and summed. So the number
that ranks is the number that is shown, and it means the same from query to query.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from index.calibration import Background, chance, percent
from index.characters import Characters, Habits, named
from index.datatypes import NO_FILTERS, Family, Filters, Hit, InPlace, SearchMode, Span
from index.diversity import TOPIC, diverse, looked_at
from index.errors import QueryError, UnknownParagraph
from index.families import Wordings
from index.fusion import NOTHING, Scale, Shares, ranked
from index.query import Query, parse
from index.text import normalise, sentences
from index.topics import TopicIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.library import Library

POOL = 200
"""Paragraphs that each retriever brings at first; more where they do not make up k results."""

WORDS = 12
"""The rarest words of a query that are looked up: a whole paragraph as query costs 138 ms with all
of them and 1.1 ms with these, and its source is still found first (200 of 200)."""

POSTINGS = 8_000
"""Entries of the keyword index that a search walks through, 1 µs each. Words beyond are common and
tell little: on the law questions nDCG@10 falls by 0.0007, at 2,000 by 0.003."""

LOOKED_AT = 50
"""Candidates, best first, that are sorted into families in one go."""

PIECE = 120
"""Characters of a query that are encoded at once; a longer one is encoded piece by piece, so that
its end counts too, and on two cores in half the time."""

PIECES = 4
"""Pieces of a long query that are encoded, spread evenly over it."""


ABOVE_CHANCE: dict[SearchMode, float] = {"hybrid": 1.3, "semantic": 0.1}
"""Evidence beyond that of the best unrelated passage (`calibration.chance`) that is shown as 50."""

MIDDLE_OF_WORDS = 2.0
"""Evidence that is shown as 50 where only words were looked at, a seventh of what they can be."""

WIDTH: dict[SearchMode, float] = {"hybrid": 1.0, "semantic": 0.6, "keyword": 0.6}
"""Evidence from there to 73. All of these from the sample: half of the good answers lie above 50,
none of the queries that nothing answers comes near it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate with what was measured on it."""

    cosine: float | None
    passage: Span | None
    bm25: float | None


def search(
    library: Library,
    query: str,
    k: int = 10,
    mode: SearchMode = "hybrid",
    filters: Filters = NO_FILTERS,
    families: bool = True,
) -> list[Hit]:
    """The k best paragraphs for a search text, best first.

    Args:
        query: a word, a sentence or a whole paragraph; wording in “quotes” must occur, in a
            text of up to 60 characters that is no whole sentence (there quotes are quotations).
        mode: by meaning and words ("hybrid"), by meaning ("semantic") or by words ("keyword"); the
            last one loads no model.
        filters: applied inside the search, so k hits come back if k paragraphs pass them.
        families: show paragraphs of the same wording as one hit; its size counts those found. And
            where the text only names a topic (`diversity.TOPIC`), of every ten hits no source has
            more than three, unless its next one is better by far, and five are there where so
            many have a paragraph that fits.

    Raises QueryError for an empty query or an impossible k or mode, TopicError for an unknown
    topic, EncoderMismatch where the library was made with another encoder.
    """
    if mode not in get_args(SearchMode):
        raise QueryError(f"搜索方式只能是 hybrid、semantic 或 keyword，现在是“{mode}”。")
    if k < 1:
        raise QueryError("结果条数至少是 1。")
    parsed = parse(query)
    if mode == "keyword" and len(parsed.text) == 1:  # 党 is no word of 党员, but stands in it
        parsed = replace(parsed, phrases=(parsed.text,))
    encoding = []
    if mode != "keyword":
        encoder = library.encoder
        encoding = [_BESIDE.submit(encoder.encode_query, piece) for piece in _pieces(parsed.text)]
    words = _Words() if mode == "semantic" else _Words.of(library, parsed.text)

    def encoded() -> NDArray[np.float32]:
        return np.stack([vector.result() for vector in encoding])

    return _answer(
        library, parsed, encoded if encoding else None, words, k, mode, filters, families
    )


def similar(
    library: Library,
    paragraph_id: int,
    k: int = 10,
    filters: Filters = NO_FILTERS,
    families: bool = True,
) -> list[Hit]:
    """The k paragraphs most like one of the library, itself left out.

    Raises UnknownParagraph where the library holds no such paragraph.
    """
    if k < 1:
        raise QueryError("结果条数至少是 1。")
    paragraph = library.paragraphs_by_id([paragraph_id]).get(paragraph_id)
    if paragraph is None:
        raise UnknownParagraph(f"资料库里没有编号为 {paragraph_id} 的段落，它可能已被移除。")
    passages = library.passages_of([paragraph_id]).get(paragraph_id, [])
    vectors = library.store.vectors(np.array([passage[0] for passage in passages], dtype=np.int64))
    if np.isnan(vectors).any():  # committed, but not in this generation of the store yet
        texts = [paragraph.text[start:end] for _, start, end in passages]
        vectors = library.vectors_for_texts(texts)
    words = _Words.of(library, paragraph.text)
    return _answer(
        library,
        Query(paragraph.text),
        lambda: vectors,
        words,
        k,
        "hybrid",
        filters,
        families,
        without=paragraph_id,
    )


_BESIDE = ThreadPoolExecutor(max_workers=4, thread_name_prefix="encode-query")
"""A query is encoded while its words are looked up: both let go of the interpreter."""


def _pieces(text: str) -> list[str]:
    """What is encoded of a query: all of it, or PIECES pieces spread evenly over a long one.

    >>> _pieces("短句"), [len(piece) for piece in _pieces("甲" * 150 + "。" + "乙" * 120)]
    (['短句'], [120, 31, 120])
    """
    pieces: list[str] = []
    for start, end in sentences(text):
        if pieces and len(pieces[-1]) + end - start <= PIECE:
            pieces[-1] += text[start:end]
        else:
            pieces += [text[i : min(i + PIECE, end)] for i in range(start, end, PIECE)]
    chosen = np.linspace(0, len(pieces) - 1, min(PIECES, len(pieces))).round().astype(int)
    return [pieces[i] for i in dict.fromkeys(chosen.tolist())]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a query that are looked up, and what saying all of its words would weigh."""

    looked_up: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    """How rare each is, unknown ones included: idf as FTS5 has it."""

    @property
    def heaviest(self) -> float:
        """BM25 that a paragraph saying every word again and again would near."""
        return 2.2 * sum(self.weights.values())

    @classmethod
    def of(cls, library: Library, text: str) -> _Words:
        """The WORDS rarest of those that occur in the library.

        What BM25 nears when a paragraph says every word again and again (`heaviest`) is the sum of
        idf · (k1 + 1), with idf and k1 = 1.2 as FTS5 has them
        (https://sqlite.org/fts5.html#the_bm25_function). Words that occur nowhere weigh the most:
        a paragraph that says the one common word of a query answers little of it.
        """
        words = list(dict.fromkeys(library.tokenizer.tokens(text)))
        frequency = library.token_document_frequency(words)
        by_rarity = sorted(words, key=lambda word: frequency[word])
        known = _affordable([word for word in by_rarity if frequency[word]], frequency)
        unknown = [word for word in by_rarity if not frequency[word]][:WORDS]
        total = library.paragraph_count
        weights = {
            word: max(1e-6, math.log((total - frequency[word] + 0.5) / (frequency[word] + 0.5)))
            for word in known + unknown
        }
        return cls(tuple(known), weights)


class _Candidates:
    """The texts of what was found, each read once for a search."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: dict[int, InPlace] = {}

    def read(self, ids: Iterable[int]) -> Mapping[int, InPlace]:
        """Those of `ids` that are still there, and all that were read before."""
        self._read.update(self._library.in_place(id_ for id_ in ids if id_ not in self._read))
        return self._read


class _Beside:
    """What candidates share with the query beside meaning and the words of the index."""

    def __init__(self, library: Library, query: str, words: _Words) -> None:
        self._characters = Characters(query, Habits.of(library))
        self._weights = words.weights

    def shares(self, candidates: Mapping[int, InPlace]) -> dict[int, Shares]:
        found = list(candidates.values())
        measured = zip(
            self._characters.shares([one.text for one in found]).tolist(),
            named(self._weights, (one.heading for one in found)),
            named(self._weights, (one.title for one in found)),
            strict=True,
        )
        return {id_: Shares(*three) for id_, three in zip(candidates, measured, strict=True)}


def _affordable(words: Sequence[str], frequency: Mapping[str, int]) -> list[str]:
    """The first of `words`, rarest first, that stay within WORDS and POSTINGS; at least one.

    >>> _affordable(["巡察", "整改", "工作"], {"巡察": 40, "整改": 900, "工作": 7_500})
    ['巡察', '整改']
    """
    total = 0
    for position, word in enumerate(words[:WORDS]):
        total += frequency[word]
        if position and total > POSTINGS:
            return list(words[:position])
    return list(words[:WORDS])


def _answer(
    library: Library,
    query: Query,
    encoded: Callable[[], NDArray[np.float32]] | None,
    words: _Words,
    k: int,
    mode: SearchMode,
    filters: Filters,
    families: bool,
    without: int | None = None,
) -> list[Hit]:
    allowed = _allowed(library, query, filters)
    if allowed is not None and not len(allowed[0]):
        return []
    paragraphs_allowed, passages_allowed = allowed if allowed else (None, None)
    vectors: NDArray[np.float32] | None = None
    scale = Scale(0.0, 1.0, words.heaviest)
    beside = _Beside(library, query.text, words) if mode != "semantic" else None
    candidates = _Candidates(library)
    several = families and without is None and len(query.text) <= TOPIC
    pool = max(POOL, 2 * k)
    while True:
        by_words: dict[int, float] = {}
        if mode != "semantic":
            by_words = dict(library.keyword(words.looked_up, pool, allowed=paragraphs_allowed))
        by_meaning: dict[int, tuple[float, Span]] = {}
        more = len(by_words) == pool
        if mode == "keyword" and query.phrases and paragraphs_allowed is not None:
            # wording may begin and end inside words, which the keyword index does not see
            more |= len(paragraphs_allowed) > pool
            by_words = dict.fromkeys(paragraphs_allowed[:pool].tolist(), 0.0) | by_words
        if encoded is not None and vectors is None:  # encoded while the words were looked up
            vectors = encoded()
            centre, spread = _level(library, vectors)
            scale = replace(scale, centre=centre, spread=spread)
        if vectors is not None:
            by_meaning, more_by_meaning = _meaning(
                library, vectors, pool, passages_allowed, by_words
            )
            more |= more_by_meaning
        found = {
            id_: _Found(
                cosine=by_meaning[id_][0] if id_ in by_meaning else None,
                passage=by_meaning[id_][1] if id_ in by_meaning else None,
                bm25=by_words.get(id_, 0.0) if mode != "semantic" else None,
            )
            for id_ in by_meaning.keys() | by_words.keys()
        }
        found.pop(without or 0, None)
        shares = beside.shares(candidates.read(found)) if beside is not None else {}
        evidence = {
            id_: scale.evidence(f.cosine, f.bm25, shares.get(id_, NOTHING))
            for id_, f in found.items()
        }
        fits = _middle(library, mode) if several else math.inf
        groups = _groups(candidates, evidence, k, families, several, fits)
        if len(groups) == k or not more:
            break
        # headings or copies of one wording filled the pool: look further until k are found
        pool *= 4
    return _hits(library, query, words.looked_up, found, evidence, groups, mode)


def _allowed(
    library: Library, query: Query, filters: Filters
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """(paragraph ids, passage ids) that may be returned, both sorted; None for all."""
    allowed = library.allowed(replace(filters, topic=None))
    if filters.topic is not None:
        about = TopicIndex.of(library).allowed(filters.topic)
        if allowed is None:
            allowed = about
        else:
            allowed = _both(allowed[0], about[0]), _both(allowed[1], about[1])
    if not query.phrases:
        return allowed
    ids = library.containing(query.phrases, among=None if allowed is None else allowed[0])
    passages = library.passages_of(ids.tolist())
    flat = [passage[0] for id_ in passages for passage in passages[id_]]
    return ids, np.array(sorted(flat), dtype=np.int64)


def _both(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """What two rising rows of ids have in common; the shorter is looked up in the longer.

    >>> _both(np.array([1, 4, 6]), np.array([4, 5, 6, 9]))
    array([4, 6])
    """
    few, many = sorted((one, other), key=len)
    if not len(few):
        return few
    place = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return np.asarray(few[many[place] == few])


def _meaning(
    library: Library,
    vectors: NDArray[np.float32],
    pool: int,
    allowed: NDArray[np.int64] | None,
    also: Iterable[int],
) -> tuple[dict[int, tuple[float, Span]], bool]:
    """Paragraph id -> (cosine, span of its best passage), for the best and for `also`; and whether
    there are more beyond the `pool` best passages."""
    store = library.store
    best: dict[int, float] = {}
    if allowed is None:
        answers = store.search_many(vectors, pool)
    else:
        answers = [store.search(vector, pool, allowed) for vector in vectors]
    for ids, cosines in answers:
        for id_, cosine in zip(ids.tolist(), cosines.tolist(), strict=True):
            best[id_] = max(cosine, best.get(id_, -1.0))
    others = np.array(
        [p[0] for passages in library.passages_of(list(also)).values() for p in passages],
        dtype=np.int64,
    )
    if len(others):
        cosines = np.max([store.scores(vector, others) for vector in vectors], axis=0)
        pairs = zip(others.tolist(), cosines.tolist(), strict=True)
        # nan: committed, but not in this generation of the store yet
        best.update((id_, cosine) for id_, cosine in pairs if not math.isnan(cosine))
    places = library.paragraph_of(list(best))
    found: dict[int, tuple[float, Span]] = {}
    for passage, cosine in best.items():
        place = places.get(passage)
        if place is None:  # removed since this generation of the store was published
            continue
        paragraph, start, end = place
        if paragraph not in found or cosine > found[paragraph][0]:
            found[paragraph] = (cosine, (start, end))
    return found, any(len(ids) == pool for ids, _ in answers)


def _middle(library: Library, mode: SearchMode) -> float:
    """The evidence that is shown as 50: from there on a paragraph fits."""
    if mode == "keyword":
        return MIDDLE_OF_WORDS
    return chance(len(library.store)) + ABOVE_CHANCE[mode]


def _level(library: Library, vectors: NDArray[np.float32]) -> tuple[float, float]:
    return max(Background.of(library).levels(vectors))


def _groups(
    candidates: _Candidates,
    evidence: Mapping[int, float],
    k: int,
    families: bool,
    several: bool,
    fits: float,
) -> list[list[int]]:
    """The k best wordings as lists of ids, best first.

    From `several` sources, where so many have a paragraph with an evidence of `fits` or more.
    """
    found = Wordings(enough=looked_at(k) if several else k)
    ranking = ranked(evidence)
    together = max(LOOKED_AT, 4 * k)
    # most searches are answered by the first look, and the rest is never compared
    for start in range(0, len(ranking), together):
        chosen = ranking[start : start + together]
        read = candidates.read(chosen)
        # a heading alone answers nobody: what stands below it does
        bodies = [id_ for id_ in chosen if id_ in read and not read[id_].level]
        if families:
            found.add((id_, read[id_].text) for id_ in bodies)
        else:
            found.groups += [[id_] for id_ in bodies[: k - len(found.groups)]]
        if found.full:
            break
    if not several:
        return found.groups
    firsts = [group[0] for group in found.groups]
    places = candidates.read(firsts)
    sources = [places[id_].unit or places[id_].document_id for id_ in firsts]
    order = diverse([evidence[id_] for id_ in firsts], sources, k, fits)
    return [found.groups[position] for position in order]


def _hits(
    library: Library,
    query: Query,
    words: Sequence[str],
    found: Mapping[int, _Found],
    evidence: Mapping[int, float],
    groups: Sequence[Sequence[int]],
    mode: SearchMode,
) -> list[Hit]:
    paragraphs = library.paragraphs_by_id(group[0] for group in groups)
    groups = [group for group in groups if group[0] in paragraphs]  # not removed meanwhile
    firsts = [group[0] for group in groups]
    middle = _middle(library, mode)
    topics = TopicIndex.of(library).topics_of(firsts) if mode != "keyword" else {}
    return [
        Hit(
            paragraph_id=first,
            score=round(percent(evidence[first], middle, WIDTH[mode]), 1),
            semantic=found[first].cosine,
            keyword=found[first].bm25,
            text=paragraphs[first].text,
            passage=found[first].passage or (0, len(paragraphs[first].text)),
            highlights=(marks := highlights(paragraphs[first].text, [*query.phrases, *words])),
            source=paragraphs[first].source,
            words=_longest({paragraphs[first].text[a:b]: None for a, b in marks}),
            topics=topics.get(first, ()),
            family=Family(len(group), tuple(group)),
        )
        for first, group in zip(firsts, groups, strict=True)
    ]


def _longest(words: Iterable[str]) -> tuple[str, ...]:
    """`words` without those inside another: who reads 责任制 need not read 责任 too."""
    found = list(words)
    return tuple(w for w in found if not any(w != other and w in other for other in found))


def highlights(text: str, words: Iterable[str]) -> tuple[Span, ...]:
    """Where words stand in a text, in order; touching places are joined.

    A word of one character is marked only where nothing longer was asked for: marking each 党 of a
    report helps nobody.

    In any width, case and set of characters.

    >>> highlights("开展廉政教育，加强教育管理", ["廉政", "教育"])
    ((2, 6), (9, 11))
    >>> highlights("黨風廉政教育", ["党风"])
    ((0, 2),)
    """
    chosen = list(dict.fromkeys(map(normalise, words)))
    longer = [word for word in chosen if len(word) > 1]
    chosen = sorted(longer or chosen, key=lambda word: (-len(word), word))
    if not chosen:
        return ()
    spans: list[list[int]] = []
    pattern = re.compile("|".join(map(re.escape, chosen)))
    for match in pattern.finditer(normalise(text)):
        if spans and match.start() <= spans[-1][1]:
            spans[-1][1] = match.end()
        else:
            spans.append([match.start(), match.end()])
    return tuple((start, end) for start, end in spans)
