"""Both retrievers asked, their candidates ranked together, the best of them shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from index.datatypes import NO_FILTERS, Filters, Hit, SearchMode, Span
from index.diversity import TOPIC, diverse, looked_at
from index.errors import QueryError, UnknownParagraph
from index.families import Wordings
from index.fusion import NOTHING, Scale, ranked
from index.query import Query, parse
from index.retrieval.candidates import Beside, Candidates, Measured, allowed_by
from index.retrieval.hits import hits, middle_of
from index.retrieval.meaning import begin_encoding, by_meaning, level
from index.retrieval.words import QueryWords

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.library import Library

POOL = 200
"""Paragraphs that each retriever brings at first; more where they do not make up k results."""

LOOKED_AT = 50
"""Candidates, best first, that are sorted into families in one go."""


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
    # a query is encoded while its words are looked up: both let go of the interpreter
    encoded = begin_encoding(library.encoder, parsed.text) if mode != "keyword" else None
    words = QueryWords() if mode == "semantic" else QueryWords.of(library, parsed.text)
    return _answer(library, parsed, encoded, words, k, mode, filters, families)


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
    words = QueryWords.of(library, paragraph.text)
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


def _answer(
    library: Library,
    query: Query,
    encoded: Callable[[], NDArray[np.float32]] | None,
    words: QueryWords,
    k: int,
    mode: SearchMode,
    filters: Filters,
    families: bool,
    without: int | None = None,
) -> list[Hit]:
    allowed = allowed_by(library, query, filters)
    if allowed is not None and not len(allowed[0]):
        return []
    paragraphs_allowed, passages_allowed = allowed if allowed else (None, None)
    vectors: NDArray[np.float32] | None = None
    scale = Scale(0.0, 1.0, words.heaviest)
    beside = Beside(library, query.text, words.weights) if mode != "semantic" else None
    candidates = Candidates(library)
    several = families and without is None and len(query.text) <= TOPIC
    pool = max(POOL, 2 * k)
    while True:
        by_words: dict[int, float] = {}
        if mode != "semantic":
            by_words = dict(library.keyword(words.looked_up, pool, allowed=paragraphs_allowed))
        meant: dict[int, tuple[float, Span]] = {}
        more = len(by_words) == pool
        if mode == "keyword" and query.phrases and paragraphs_allowed is not None:
            # wording may begin and end inside words, which the keyword index does not see
            more |= len(paragraphs_allowed) > pool
            by_words = dict.fromkeys(paragraphs_allowed[:pool].tolist(), 0.0) | by_words
        if encoded is not None and vectors is None:  # encoded while the words were looked up
            vectors = encoded()
            centre, spread = level(library, vectors)
            scale = replace(scale, centre=centre, spread=spread)
        if vectors is not None:
            meant, more_meant = by_meaning(library, vectors, pool, passages_allowed, by_words)
            more |= more_meant
        found = {
            id_: Measured(
                cosine=meant[id_][0] if id_ in meant else None,
                passage=meant[id_][1] if id_ in meant else None,
                bm25=by_words.get(id_, 0.0) if mode != "semantic" else None,
            )
            for id_ in meant.keys() | by_words.keys()
        }
        found.pop(without or 0, None)
        shares = beside.shares(candidates.read(found)) if beside is not None else {}
        evidence = {
            id_: scale.evidence(f.cosine, f.bm25, shares.get(id_, NOTHING))
            for id_, f in found.items()
        }
        fits = middle_of(library, mode) if several else math.inf
        groups = _groups(candidates, evidence, k, families, several, fits)
        if len(groups) == k or not more:
            break
        # headings or copies of one wording filled the pool: look further until k are found
        pool *= 4
    return hits(library, query, words.looked_up, found, evidence, groups, mode)


def _groups(
    candidates: Candidates,
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
