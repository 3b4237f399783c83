"""The topics' assignments of a library: read, kept where nobody else writes, and checked."""

from __future__ import annotations

import numpy as np

from index.assignments import AssignmentFiles, Assignments, Grouped
from index.catalogue import Catalogue
from index.catalogue.bodies import Bodies
from index.errors import LibraryBusy, LibraryDamaged
from index.library.layout import Layout
from index.library.writer import Writer

SHORTEST_PATIENCE, LONGEST_PATIENCE = 0.3, 10.0
"""Seconds."""
DOCUMENTS_A_SECOND = 300


class AssignmentKeeper:
    """Keeps what `index.topics` finds. Finding it is no business of the library."""

    def __init__(self, layout: Layout, catalogue: Catalogue, writer: Writer) -> None:
        self._catalogue = catalogue
        self._writer = writer
        self.bodies = Bodies(catalogue.database)
        self.files = AssignmentFiles(layout.topics)

    def read(self) -> Assignments | None:
        """What was kept last; None where nothing was or where it cannot be read.

        A shadow: what cannot be read is made again, and written over when somebody may.
        """
        try:
            return self.files.read()
        except LibraryDamaged:
            return None

    def keep(self, assignments: Assignments, measured: int) -> None:
        """Write them, unless another one goes on writing: in memory they serve as well, and whoever
        asks next tries again. Waited is no longer than measuring so many documents again takes."""
        patience = min(LONGEST_PATIENCE, SHORTEST_PATIENCE + measured / DOCUMENTS_A_SECOND)
        try:
            with self._writer.hold("整理专题", patience=patience):
                self.files.write(assignments)
        except LibraryBusy:
            return

    def problems(self) -> list[str]:
        """Sentences about files that cannot be read, or hold paragraphs that the catalogue gives to
        another document. Documents that are not in them yet, or in another state, are no problem:
        they are measured when somebody asks."""
        try:
            kept = self.files.read()
        except LibraryDamaged as error:
            return [str(error)]
        if kept is None:
            return []
        with self._catalogue.database.snapshot():
            current = kept.only(kept.current(*self.bodies.keys()))
            paragraphs, documents, passages, carriers = self.bodies.owners()
        carried = documents[np.searchsorted(paragraphs, carriers)]
        wrong = _strangers(current.paragraphs, current, paragraphs, documents)
        wrong += _strangers(current.passages, current, passages, carried)
        return [f"专题文件里有 {wrong} 处与资料库不同。请运行“重建”。"] if wrong else []

    def renew(self) -> None:
        """Let all be measured anew. For the holder of the writer's lock."""
        self.files.write(None)


def _strangers(grouped: Grouped, of: Assignments, ids: np.ndarray, owners: np.ndarray) -> int:
    """How many of `grouped` are not among `ids` (rising) with the same one of `owners`."""
    if not len(grouped.ids) or not len(ids):
        return len(grouped.ids)
    place = np.minimum(np.searchsorted(ids, grouped.ids), len(ids) - 1)
    right = (ids[place] == grouped.ids) & (owners[place] == of.documents[grouped.of])
    return int((~right).sum())
