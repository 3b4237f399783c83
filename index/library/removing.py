"""Taking documents out again, by id, by file or by folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from index.catalogue import Catalogue
from index.datatypes import Entry
from index.errors import UnknownDocument
from index.library.layout import Layout


def remove(
    catalogue: Catalogue,
    layout: Layout,
    paths_or_ids: Iterable[str | int | Path],
    words: Callable[[str], str],
) -> list[Entry]:
    """Remove all that is named in one transaction; returns what was removed, by id.

    Where a counted document goes, another of the same text takes its place; `words` cuts a text.
    Uploaded copies without documents are noted for deletion in the same transaction. Raises
    UnknownDocument where something named is not there, and then removes nothing.
    """
    paths_or_ids = list(paths_or_ids)
    by_id = all(isinstance(target, int) for target in paths_or_ids)
    known = {} if by_id else catalogue.files.all()  # as long as all the rest, in a large library
    ids: list[int] = []
    files: set[str] = set()
    named: set[str] = set()
    for target in paths_or_ids:
        if isinstance(target, int):
            ids.append(target)
            continue
        path = os.path.abspath(target)  # noqa: PTH100
        below = [other for other in known if other == path or other.startswith(path + os.sep)]
        if not below:
            raise UnknownDocument(f"资料库里没有 {path}，请检查路径，或用文档编号移除。")
        files.update(below)
        named.add(path)
    entries = catalogue.documents.entries_by_id(ids)
    for id_ in ids:
        if id_ not in entries:
            raise UnknownDocument(f"资料库里没有编号为 {id_} 的文档，可能已被移除。")
    entries.update((entry.id, entry) for entry in catalogue.documents.entries_of_files(files))
    uploads = f"{layout.uploads}{os.sep}"
    with catalogue.change():
        catalogue.changes.delete(ids)
        catalogue.files.delete(files)
        emptied = catalogue.files.delete_without_documents({entries[id_].path for id_ in ids})
        gone = {*files, *emptied}
        catalogue.files.delete_roots([*named, *gone])
        catalogue.twins.agree(words)
        catalogue.files.discard(path for path in gone if path.startswith(uploads))
    return [entries[id_] for id_ in sorted(entries)]


def let_go(
    catalogue: Catalogue,
    layout: Layout,
    paths: Iterable[str | Path],
    words: Callable[[str], str],
) -> list[Entry]:
    """Remove what waits for each of `paths` to come back, and is not to be seen now.

    A named folder that is gone is forgotten too. Raises UnknownDocument where nothing waits for
    one of them, and then removes nothing.
    """
    away = catalogue.absences.all()
    chosen: list[str | int | Path] = []
    named = [os.path.abspath(path) for path in paths]  # noqa: PTH100
    for path in named:
        waiting = [file for file, (missing, _) in away.items() if missing == path]
        waiting = [file for file in waiting if not os.path.lexists(file)]
        if not waiting:
            raise UnknownDocument(f"{path} 里没有不见了的文件，请重新读取，看看现在的情况。")
        chosen += waiting
    with catalogue.database.transaction():
        removed = remove(catalogue, layout, chosen, words)
        catalogue.files.delete_roots([path for path in named if not os.path.lexists(path)])
    return removed
