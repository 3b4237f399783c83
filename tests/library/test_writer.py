"""One writer at a time, across threads and processes, and readers beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.errors import LibraryBusy
from index.library import Library
from index.settings import Settings

from .conftest import Write

ROOT = Path(__file__).resolve().parents[2]
A = "春耕期间组织技术员下乡三十余次，解决育秧难题。"

OPEN = """
import sys
from pathlib import Path
from index.embedding.testing import CountingEncoder
from index.library import Library
from index.settings import Settings
folder = Path(sys.argv[1])
library = Library.open(folder, CountingEncoder(), Settings(library=folder, data_folder=folder))
"""

HOLD = """
with library._writer.hold("添加文件"):
    print("writing", flush=True)
    sys.stdin.readline()
library.close()
"""

ADD_AND_REMOVE = """
print("writing", flush=True)
for number in range(12):
    path = library.upload(f"{number}.txt", f"题目\\n\\n第{number}号事项已经办结。".encode())
    library.sync([path])
    if number % 3 == 2:
        library.remove([path])
library.close()
"""


@contextmanager
def another_process_writing(folder: Path, work: str = HOLD) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN + work, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_writer_is_told_who_writes_and_readers_go_on(
    library: Library, write: Write, settings: Settings
) -> None:
    path = write("甲.txt", A)
    library.sync([path])
    with (
        another_process_writing(library.folder) as other,
        Library.open(library.folder, CountingEncoder(), settings, patience=0.2) as second,
    ):
        with pytest.raises(LibraryBusy, match=f"添加文件，进程 {other.pid}") as caught:
            second.sync([path])
        assert f"进程 {other.pid}" in caught.value.owner
        with pytest.raises(LibraryBusy):
            second.remove([path])
        assert second.keyword(second.tokenizer.tokens("育秧"), 3)
        assert len(second.store) == second.status().passages
        assert second.vectors_for_texts(["廉政"], "query").shape == (1, 64)


def test_the_lock_of_a_killed_process_is_free(
    library: Library, write: Write, settings: Settings
) -> None:
    with another_process_writing(library.folder) as other:
        other.kill()
        other.wait()
        assert library._layout.writer.exists()  # its note stays behind, and binds nobody
        assert library.sync([write("甲.txt", A)]).documents == 1
    assert not library._layout.writer.exists()


def test_a_patient_writer_waits(library: Library, write: Write) -> None:
    with another_process_writing(library.folder) as other:
        assert other.stdin is not None
        threading.Timer(0.3, lambda: other.stdin.write("\n") and other.stdin.flush()).start()  # type: ignore[union-attr]
        assert library.sync([write("甲.txt", A)]).documents == 1


def test_threads_of_one_process_take_turns(
    library: Library, write: Write, settings: Settings
) -> None:
    paths = [write(f"{number}.txt", A, f"第{number}件事。") for number in range(6)]
    with Library.open(library.folder, CountingEncoder(), settings) as second:
        threads = [
            threading.Thread(target=chosen.sync, args=([path],))
            for path, chosen in zip(paths, [library, second] * 3, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(library.documents()) == 6
        assert library.verify() == []


def test_the_right_to_write_is_reentrant_within_a_thread(library: Library) -> None:
    with library._writer.hold("外"), library._writer.hold("内"):
        assert library.verify() == []
    assert library._writer.owner() == ""


def test_a_process_reads_while_another_writes(
    library: Library, write: Write, encoder: CountingEncoder
) -> None:
    library.sync([write("甲.txt", A)])
    seen: set[int] = set()
    with another_process_writing(library.folder, ADD_AND_REMOVE) as other:
        while other.poll() is None:
            library.refresh()
            store = library.store
            seen.add(len(store))
            ids, scores = store.search(encoder.encode_query(A), 1)
            paragraph, start, end = library.paragraph_of(ids.tolist())[ids[0]]
            assert library.paragraphs_by_id([paragraph])[paragraph].text[start:end] == A
            assert scores[0] > 0.99
            assert library.keyword(library.tokenizer.tokens("育秧"), 2)[0][0] == paragraph
        assert other.returncode == 0
    assert len(seen) > 3
    assert library.status().documents == 9
    assert library.verify() == []
