"""Whether everything fits together, and making it fit again without the original files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from index.catalogue import Catalogue
from index.catalogue.words import joined
from index.embedding import Encoder
from index.errors import LibraryDamaged
from index.library.assigned import AssignmentKeeper
from index.library.intake import encode_and_keep
from index.library.pace import Pace, Report
from index.library.prints import PrintKeeper
from index.library.shadow import Shadow
from index.text import Tokenizer
from index.vectors import Joined

Part = Literal["catalogue", "files", "words", "vectors", "store", "fingerprints", "topics"]

_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not fit, as `verify` found it."""

    part: Part
    message: str
    """A sentence that says what is wrong and what to do."""
    mends: bool
    """Whether `rebuild` mends it. What it cannot mend needs the original files or a backup."""


def verify(
    catalogue: Catalogue,
    shadow: Shadow,
    prints: PrintKeeper,
    assigned: AssignmentKeeper,
    tokenizer: Tokenizer,
) -> list[Problem]:
    """Check the catalogue, its words, vectors, fingerprints and topics, and the published store,
    against each other.

    For the holder of the writer's lock: nothing may change meanwhile.
    """
    damage = catalogue.damage()
    if damage:
        return [
            Problem(
                "catalogue",
                f"资料库文件 {catalogue.file} 已损坏（{damage[0]}，共 {len(damage)} 处）。"
                "请从备份恢复整个资料库文件夹；没有备份时，请新建一个资料库，重新添加原文件。",
                False,
            )
        ]
    return [
        *_documents(catalogue),
        *_words(catalogue, tokenizer),
        *_vectors(catalogue),
        *_store(catalogue, shadow),
        *(Problem("fingerprints", sentence, True) for sentence in prints.problems()),
        *(Problem("topics", sentence, True) for sentence in assigned.problems()),
    ]


def rebuild(
    catalogue: Catalogue,
    shadow: Shadow,
    prints: PrintKeeper,
    assigned: AssignmentKeeper,
    encoder: Callable[[], Encoder],
    cut_again: Callable[[], None],
    report: Report | None,
) -> None:
    """Make words and store anew from the catalogue; encode only passages without a whole vector.

    Also drops vectors that no passage uses. For the holder of the writer's lock.
    Raises LibraryDamaged where the catalogue itself is damaged.
    """
    damage = catalogue.damage()
    if damage:
        raise LibraryDamaged(
            f"资料库文件 {catalogue.file} 已损坏（{damage[0]}），无法重建。"
            "请从备份恢复整个资料库文件夹；没有备份时，请新建一个资料库，重新添加原文件。"
        )
    with catalogue.change():
        catalogue.vectors.delete(catalogue.vectors.damaged())
    encode_missing(catalogue, catalogue.facts.encoder, encoder, report)
    cut_again()
    with catalogue.change():
        catalogue.exact.make_again()
        catalogue.vectors.prune(catalogue.facts.encoder)
    shadow.publish(anew=True)
    prints.renew()
    assigned.renew()


def encode_missing(
    catalogue: Catalogue, name: str, encoder: Callable[[], Encoder], report: Report | None
) -> None:
    """Encode all passages that have no vector of the encoder `name`; each batch is kept at once."""
    waiting = list(catalogue.vectors.texts_without(name))
    if not waiting:
        return
    pace = Pace("encoding", report)
    pace.begin()
    done = 0
    for start in range(0, len(waiting), _AT_ONCE):
        texts = dict(waiting[start : start + _AT_ONCE])
        for count in encode_and_keep(catalogue, encoder(), list(texts), texts):
            done += count
            pace.tell(done, len(waiting))


def _documents(catalogue: Catalogue) -> Iterator[Problem]:
    wrong = catalogue.documents.with_wrong_counts()
    if wrong:
        yield Problem(
            "catalogue",
            f"有 {len(wrong)} 篇文档的段落不全（编号 {wrong[0]} 等）。请先移除，再重新添加原文件。",
            False,
        )
    wrong = catalogue.documents.with_wrong_hashes()
    if wrong:
        yield Problem(
            "catalogue",
            f"有 {len(wrong)} 个段落的文字与入库时不同（编号 {wrong[0]} 等）。"
            "请移除它们所在的文档，再重新添加原文件。",
            False,
        )


def _words(catalogue: Catalogue, tokenizer: Tokenizer) -> Iterator[Problem]:
    advice = "请运行“重建”，不需要重新编码。"
    if not catalogue.words.sound():
        yield Problem("words", f"关键词索引损坏。{advice}", True)
        return
    if not catalogue.exact.sound():
        yield Problem("words", f"原文索引与段落不一致。{advice}", True)
    missing, surplus = catalogue.words.missing(), catalogue.words.surplus()
    if missing or surplus:
        yield Problem(
            "words",
            f"关键词索引与段落不一致：缺 {len(missing)} 段，多 {len(surplus)} 段。{advice}",
            True,
        )
    different = 0
    piece: dict[int, str] = {}

    def compare() -> int:
        kept = catalogue.words.of(piece)
        return sum(
            1
            for id_, text in piece.items()
            if id_ in kept and kept[id_] != joined(tokenizer.tokens(text))
        )

    for id_, text in catalogue.documents.texts():
        piece[id_] = text
        if len(piece) == _AT_ONCE:
            different += compare()
            piece.clear()
    different += compare()
    if different:
        yield Problem("words", f"有 {different} 个段落的关键词与文字不符。{advice}", True)


def _vectors(catalogue: Catalogue) -> Iterator[Problem]:
    damaged = catalogue.vectors.damaged()
    if damaged:
        yield Problem(
            "vectors", f"有 {len(damaged)} 个向量损坏。请运行“重建”，只重新编码这些段落。", True
        )
    missing = sum(1 for _ in catalogue.vectors.texts_without(catalogue.facts.encoder))
    if missing:
        yield Problem(
            "vectors", f"有 {missing} 个句段没有向量。请运行“重建”，只编码这些句段。", True
        )


def _store(catalogue: Catalogue, shadow: Shadow) -> Iterator[Problem]:
    try:
        loaded = shadow.generations.load()
    except LibraryDamaged as error:
        yield Problem("store", str(error), True)
        return
    known, expected = catalogue.vectors.by_passage(catalogue.facts.encoder)
    if loaded is None:
        if len(known):
            yield Problem("store", "还没有生成向量文件。请运行“重建”。", True)
        return
    generation = loaded.generation
    if generation.encoder != catalogue.facts.encoder:
        yield Problem(
            "store",
            f"向量文件由模型 {generation.encoder} 生成，资料库用的是 {catalogue.facts.encoder}。"
            "请运行“重建”。",
            True,
        )
        return
    whole = Joined(
        [(part.ids, part.vectors) for part in loaded.parts.values()] or [(known[:0], expected[:0])],
        loaded.removed,
    )
    if not np.array_equal(whole.ids, known):
        surplus = len(np.setdiff1d(whole.ids, known))
        missing = len(np.setdiff1d(known, whole.ids))
        yield Problem(
            "store",
            f"向量文件与资料库不一致：缺 {missing} 条，多 {surplus} 条。请运行“重建”。",
            True,
        )
        return
    different = 0
    for start in range(0, len(whole), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(whole)))
        different += int(np.any(whole.take(rows) != expected[rows], axis=1).sum())
    if different:
        yield Problem("store", f"向量文件里有 {different} 条与资料库不同。请运行“重建”。", True)
    misplaced = sum(part.misplaced() for part in loaded.parts.values())
    if misplaced:
        yield Problem("store", f"向量文件的分组里有 {misplaced} 条与向量不符。请运行“重建”。", True)
