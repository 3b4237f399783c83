"""`Library.mend`: what a person says of documents, kept, and written where searches see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from index.catalogue import Catalogue
from index.catalogue.files import FileRecord
from index.datatypes import Entry, FileFailure, Metadata
from index.embedding import Encoder
from index.errors import UnknownDocument
from index.library import repeated
from index.library.intake import Intake
from index.library.survey import Candidate, metadata_from, unchanged_on_disk
from index.paragraphs import PREPARATION_VERSION
from index.reading.options import READ_OPTIONS, ReadOptions
from index.text import Tokenizer

LATER = "改动已记下，但现在读不到原来的文件；下次读取这个文件时，识别的内容才会跟着变。"


def mend(
    catalogue: Catalogue,
    encoder: Callable[[], Encoder],
    tokenizer: Tokenizer,
    document_ids: Iterable[int],
    told: Metadata | None,
    reading: ReadOptions = READ_OPTIONS,
) -> list[FileFailure]:
    """Keep the fields that `told` sets, or drop all that was mended. For the lock's holder.

    Unit, year, kind and period are written at once. A title also decides which lines are the
    title and what stands above the first heading, and dropping needs the guesses: then the files
    are read anew, which changes no paragraph's id and encodes nothing, as their bytes are the
    same. Returns the files for which that must wait. Raises UnknownDocument.
    """
    ids = list(dict.fromkeys(document_ids))
    known = catalogue.documents.entries_by_id(ids)
    for id_ in ids:
        if id_ not in known:
            raise UnknownDocument(f"资料库里没有编号为 {id_} 的文档，可能已被移除。")
    if not ids or told == Metadata():
        return []
    words = repeated.words_of(lambda: tokenizer)
    anew = _files_of(catalogue, known.values()) if told is None or told.title else {}
    with catalogue.change():
        if told is None:
            catalogue.mends.forget(ids)
        else:
            catalogue.mends.note(ids, told)
            catalogue.twins.look_again(ids)
            catalogue.twins.agree(words)
        for _, record in anew.values():  # of another preparation: if this ends here, a sync reads
            catalogue.files.save(replace(record, preparation=0))
    readable = [
        Candidate(replace(record, state="unfinished"), metadata_from(record.given), (id_, record))
        for id_, record in anew.values()
        if record.state == "complete"
        and record.preparation == PREPARATION_VERSION
        and unchanged_on_disk(record)
    ]
    intake = Intake(catalogue, encoder, tokenizer, reading=reading)
    intake.take(readable)
    repeated.look(catalogue, words)
    late = {path: LATER for path in anew if path not in {one.record.path for one in readable}}
    late.update((one.path, one.reason) for one in (*intake.taken.failed, *intake.taken.held))
    return [FileFailure(path, reason) for path, reason in sorted(late.items())]


def _files_of(catalogue: Catalogue, entries: Iterable[Entry]) -> dict[str, tuple[int, FileRecord]]:
    known = catalogue.files.all()
    return {path: known[path] for path in dict.fromkeys(entry.path for entry in entries)}
