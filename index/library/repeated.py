"""The same document twice: found at the end of a sync, said, and counted once by default."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.catalogue.words import joined
from index.datatypes import Entry
from index.errors import QueryError
from index.library import likeness
from index.text import Tokenizer

DRAFT = 0.85
"""Share of the longer text's grams above which two texts of one unit and year are drafts of each
other. See docs/storage.md for what was measured."""

_RELATIONS = {"same_file": "是同一个文件", "same_text": "内容相同"}


def words_of(tokenizer: Callable[[], Tokenizer]) -> Callable[[str], str]:
    """Cuts a text into the words of the index; the tokenizer is made at the first text."""
    return lambda text: joined(tokenizer().tokens(text))


def look(catalogue: Catalogue, words: Callable[[str], str]) -> tuple[str, ...]:
    """Compare what was not compared yet with everything; returns sentences about what repeats.

    For the holder of the writer's lock. Interrupted, the next sync goes on from there.
    """
    twins = catalogue.twins
    unseen = twins.unseen()
    if not unseen:
        return ()
    # before the transaction: while it lasts nobody else can write, a reviewer's mark neither
    seen = [(id_, *_seen(*twins.texts(id_))) for id_ in unseen]
    with catalogue.database.transaction():
        for id_, key, sketch in seen:
            twins.note(id_, key, sketch)
        changed = twins.agree(words)
        _drafts(catalogue, set(unseen))
        changed = twins.agree(words) or changed
        entries = catalogue.documents.entries_by_id(unseen)
        found = tuple(_sentence(catalogue, entry) for entry in entries.values() if entry.twin)
        if changed or found:
            catalogue.facts.changed()
    return found


def _seen(paragraphs: Sequence[str], format_: str) -> tuple[bytes, bytes | None]:
    """Hash and sketch of a text, as `Twins.note` keeps them."""
    text = likeness.folded(paragraphs) if format_ != "jsonl" else ""
    key = likeness.hash_of(text)
    return key, likeness.sketch(likeness.grams(text)) if key else None


def count(
    catalogue: Catalogue, document: Entry, counted: bool, words: Callable[[str], str]
) -> None:
    """Carry out and remember what a person chose about a document that repeats another.

    Raises QueryError where it repeats none.
    """
    if document.id not in catalogue.twins.repeated():
        raise QueryError(f"《{document.title}》没有与别的文档重复，不需要选择。")
    with catalogue.change():
        catalogue.twins.choose(document.id, counted)
        catalogue.twins.agree(words)


def _drafts(catalogue: Catalogue, unseen: set[int]) -> None:
    """Note, for each pair with one of `unseen`, the document that came later as the draft."""
    ids, sketches = catalogue.twins.sketches()
    stated = catalogue.twins.stated()
    new = np.isin(ids, np.fromiter(unseen, np.int64, len(unseen)))
    # a Jaccard index of DRAFT / (2 - DRAFT) is the least that a share of DRAFT can come with;
    # less three standard errors of the estimate
    pairs = likeness.near(sketches, stated, new, DRAFT / (2.0 - DRAFT) - 0.13)

    @functools.lru_cache(maxsize=256)  # of a group of drafts each meets the same others
    def grams(id_: int) -> NDArray[np.uint64]:
        return likeness.grams(likeness.folded(catalogue.twins.texts(id_)[0]))

    for later, earlier in ids[pairs].tolist():
        share = likeness.shared(grams(later), grams(earlier))
        if share >= DRAFT:
            catalogue.twins.note_draft(later, earlier, share)


def _sentence(catalogue: Catalogue, entry: Entry) -> str:
    twin = entry.twin
    if twin is None:
        raise AssertionError("only documents that repeat another are told")
    other = catalogue.documents.entries_by_id([twin.document_id])[twin.document_id]
    mine, theirs = f"《{entry.title}》", f"《{other.title}》"
    if entry.title == other.title:
        mine, theirs = (f"《{one.title}》（{_file(one)}）" for one in (entry, other))
    counting = "两份都算" if entry.counted else "查找时只算一份"
    if twin.relation == "draft":
        return f"{mine}像是{theirs}的修改稿，有 {100 * twin.shared:.0f}% 相同，{counting}。"
    between = "和" if twin.relation == "same_file" else "与"
    return f"{mine}{between}{theirs}{_RELATIONS[twin.relation]}，{counting}。"


def _file(entry: Entry) -> str:
    return entry.external_id or Path(entry.path).name
