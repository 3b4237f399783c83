"""Passages of a draft that say in other words what a passage of the library says (意思相近).

The same topic is no re-use, and reports of one genre are all near one another, so three measures
must agree before a passage is called so:

- nearness: how much nearer its nearest passage is than the next ones (a margin, after Artetxe and
  Schwenk 2019, Margin-based Parallel Corpus Mining, ACL). The cosine alone says little;
- words: the share of their words in common, weighted by how rare the words are in this library;
  prescribed wording has no say, and a figure that both have, however written (十九道, 19项), counts
  extra;
- clauses: the share of its clauses whose nearest clause, of all passages near it, stands in that
  one passage, and the same the other way round; the lesser counts. Who says the same in other words
  says all of it: two statements out of five are a matter that both tell of.

Each has to reach a floor and their product a threshold. Fitted on the sample (docs/quality.md):
precision comes first, a paraphrase that keeps neither words nor figures is not found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.alignment import fold
from index.datatypes import Span
from index.findings import Draft, SharedSpan
from index.formulas import PhraseBook, read_phrases, shipped, shipped_phrases
from index.library import Library
from index.paragraphs import cut

LEAST_DOCUMENTS = 30
"""In a smaller library nothing tells what two reports of the genre have in common anyhow: of five
real ones every tenth paragraph had a nearest passage far before the next."""
SHORTEST = 50
"""Compared characters, prescribed wording aside, that a passage must have."""
FEWEST = 4
"""Clauses that it must have. That one sentence is near another proves nothing: of single sentences
(STS-B, PAWS-X) those that say the same and those that do not are called so equally often. Several
statements that all stand in one passage do."""
OWN = 0.7
"""Share of a passage that must not be prescribed: openings full of set phrases are near one another
whatever they say."""
COVERED = 0.3
"""Share of a passage that may be shared word for word already; above it nothing more is asked."""
NEIGHBOURS = 40
"""Passages looked at; those of the draft's own document are among them and left out."""
NEAREST, FURTHEST = 5, 20
"""Ranks of the passages that the nearest one is compared with: copies of it may come before."""
RIVALS = 8
"""Nearest passages whose clauses compete."""
SAME_PASSAGE = 0.97
"""Cosine from which two passages of the library are copies and do not compete with each other."""
FIGURE = 0.05
"""What a figure in common adds to the share of words; two count at most."""

LEAST_MARGIN = 0.02
LEAST_WORDS = 0.1
LEAST_CLAUSES = 0.4
LEAST_PRODUCT = 0.0026

Vectors = NDArray[np.float32]

_CLAUSE = re.compile(r"[^，；。！？：,;!?:\n]*[，；。！？：,;!?:\n]?")
_CLAUSE_LENGTH = 12
"""Characters: shorter pieces join the next one."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?[万亿千百]?|[零〇一二三四五六七八九两十百千万亿]{2,}")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class _Passage:
    paragraph: int
    span: Span
    text: str


def paraphrases(
    library: Library,
    draft: Draft,
    spans: Sequence[SharedSpan],
    without: Collection[int] = (),
) -> list[SharedSpan]:
    """Passages of the draft, not covered by `spans`, that a document says in other words.

    `without`: ids of documents that are no sources. What the draft's own unit wrote is none either:
    to say the same again in new words is new writing. In a library of fewer than LEAST_DOCUMENTS
    nothing is found. Raises EncoderMismatch and EncoderError where
    the model is not there, LibraryBusy while another is being taken, LibraryDamaged.
    """
    if sum(entry.counted for entry in library.documents()) < LEAST_DOCUMENTS:
        return []
    book = PhraseBook((*shipped_phrases(), *read_phrases(library.formulas())))
    passages = list(_open_passages(draft, spans, book))
    if not passages:
        return []
    vectors = library.vectors_for_texts([passage.text for passage in passages])
    answers = library.store.search_many(vectors, NEIGHBOURS)
    places = library.paragraph_of({id_ for ids, _ in answers for id_ in ids.tolist()})
    stored = library.paragraphs_by_id({paragraph for paragraph, _, _ in places.values()})
    learned = _Clauses(library)
    found = []
    for passage, (ids, cosines) in zip(passages, answers, strict=True):
        near = [
            (id_, cosine)
            for id_, cosine in zip(ids.tolist(), cosines.tolist(), strict=True)
            if id_ in places
            and places[id_][0] in stored
            and stored[places[id_][0]].source.document_id not in without
            and (draft.unit is None or stored[places[id_][0]].source.unit != draft.unit)
        ]
        if len(near) <= NEAREST:
            continue
        margin = near[0][1] - float(np.mean([cosine for _, cosine in near[NEAREST:FURTHEST]]))
        if margin < LEAST_MARGIN:
            continue
        paragraph, start, end = places[near[0][0]]
        source = stored[paragraph]
        theirs = source.text[start:end]
        own, their_own = _masked(passage.text, book), _masked(theirs, book)
        words = _words_in_common(library, own, their_own)
        if words < LEAST_WORDS or margin * words < LEAST_PRODUCT:
            continue
        rivals = [
            _masked(stored[places[id_][0]].text[places[id_][1] : places[id_][2]], book)
            for id_ in _rivals(library, [id_ for id_, _ in near[: NEAREST + RIVALS]])
        ]
        won = min(learned.won(own, their_own, rivals), learned.won(their_own, own, rivals))
        if won < LEAST_CLAUSES or margin * words * won < LEAST_PRODUCT:
            continue
        found.append(
            SharedSpan(
                paragraph=passage.paragraph,
                span=passage.span,
                document_id=source.source.document_id,
                paragraph_id=paragraph,
                source_paragraph=source.number,
                source_span=(start, end),
                length=len(fold(passage.text)),
                same=0,
                longest=0,
                source_length=len(fold(theirs)),
                pieces=(),
                by_meaning=True,
            )
        )
    return found


def _open_passages(
    draft: Draft, spans: Sequence[SharedSpan], book: PhraseBook
) -> Iterator[_Passage]:
    """Passages, cut as the library's are, of which little is shared and enough is the author's."""
    for index, paragraph in enumerate(draft.paragraphs):
        if paragraph.level:
            continue
        folded = fold(paragraph.text)
        shared = np.zeros(len(folded), np.bool_)
        for span in spans:
            if span.paragraph == index:
                first, past = folded.within(*span.span)
                shared[first:past] = True
        for start, end in cut(paragraph.text):
            first, past = folded.within(start, end)
            text = paragraph.text[start:end]
            masked = _masked(text, book)
            own = len(fold(masked))
            if (
                own >= max(SHORTEST, OWN * (past - first))
                and int(shared[first:past].sum()) <= COVERED * (past - first)
                and len(clauses(masked)) >= FEWEST
            ):
                yield _Passage(index, (start, end), text)


def _masked(text: str, book: PhraseBook) -> str:
    """The text with commas for prescribed wording."""
    folded = fold(text)
    mask = shipped().prescribed(folded)
    for first, past, _ in book.places(folded):
        mask[first:past] = True
    characters = list(text)
    for at in folded.at[mask].tolist():
        characters[at] = "，"
    return "".join(characters)


# --- words


def _words_in_common(library: Library, one: str, other: str) -> float:
    """Share of the lighter text's words that the other has too, by inverse document frequency
    (in paragraphs of the library), and FIGURE for each figure in common; 0 upwards."""
    ours, theirs = (_words(library, text) for text in (one, other))
    frequency = library.token_document_frequency(ours | theirs)
    total = max(1, library.paragraph_count)

    def weight(words: set[str]) -> float:
        return float(sum(np.log(1 + total / (1 + frequency[word])) for word in words))

    lighter = min(weight(ours), weight(theirs))
    share = weight(ours & theirs) / lighter if lighter else 0.0
    return share + FIGURE * min(2, len(figures(one) & figures(other)))


def _words(library: Library, text: str) -> set[str]:
    return {
        token
        for token in library.tokenizer.tokens(text)
        if len(token) > 1 and not token[0].isdigit()
    }


def figures(text: str) -> set[float]:
    """The figures from 10 upwards, in digits or Chinese numerals; years aside.

    >>> sorted(figures("2023年查出十九道、213处，省水1.5万吨，一共八天"))
    [19.0, 213.0, 15000.0]
    """
    found = set()
    for match in _NUMBER.finditer(text):
        written = match.group()
        if text[match.end() : match.end() + 1] == "年" and len(written) == 4:
            continue
        if written[0].isdigit():
            unit = (_UNITS | _LARGE).get(written[-1], 1)
            value = float(written.rstrip("百千万亿")) * unit
        else:
            value = float(_numeral(written))
        if value >= 10:
            found.add(value)
    return found


def _numeral(written: str) -> int:
    """
    >>> _numeral("四亿一千八百万"), _numeral("二十一"), _numeral("十九")
    (418000000, 21, 19)
    """
    total = section = digit = 0
    for character in written:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            total += (section + digit) * _LARGE[character]
            section = digit = 0
    return total + section + digit


# --- clauses


def _rivals(library: Library, ids: Sequence[int]) -> list[int]:
    """Of the nearest passages, the first being the candidate: those that are no copies of it."""
    vectors = library.store.vectors(np.array(ids, np.int64))
    alike = vectors @ vectors[0]
    others = [id_ for id_, cosine in zip(ids, alike.tolist(), strict=True) if cosine < SAME_PASSAGE]
    return others[:RIVALS]


class _Clauses:
    """Clauses and their vectors, each made once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[str, Vectors] = {}

    def won(self, text: str, candidate: str, rivals: Sequence[str]) -> float:
        """Share of the text (by characters) in clauses that are nearer to a clause of the candidate
        than to any of the rivals', 0 to 1. Neither the text nor the candidate is a rival."""
        ours = clauses(text)
        passages = [clauses(passage) for passage in (candidate, *rivals)]
        self._learn([*ours, *(clause for passage in passages for clause in passage)])
        vectors = self._vectors(ours)
        best = np.stack([(vectors @ self._vectors(passage).T).max(axis=1) for passage in passages])
        sizes = np.array([len(clause) for clause in ours])
        return float(sizes[best.argmax(axis=0) == 0].sum() / sizes.sum())

    def _learn(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._library.encoder.encode_passages(new), strict=True))

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._known[text] for text in texts])


def clauses(text: str) -> list[str]:
    """Clauses of some length: what is shorter joins the next, and the last the one before; commas
    that stand for prescribed wording are left out.

    >>> clauses("管网所党员揭了榜，带着徒弟夜里跑巷子，用八个月，建起噪声记录网。")
    ['管网所党员揭了榜，带着徒弟夜里跑巷子，', '用八个月，建起噪声记录网。']
    """
    found: list[str] = []
    current = ""
    for match in _CLAUSE.finditer(re.sub("，，+", "，", text)):
        current += match.group()
        if len(current) >= _CLAUSE_LENGTH:
            found.append(current)
            current = ""
    if current and found:
        found[-1] += current
    return found or [text]
