"""The files of the store: whole or refused, switched in one step, never taken from a reader."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.errors import LibraryDamaged
from index.vectors import Generations


def some(count: int, dimension: int = 8) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    ids = np.arange(count, dtype=np.int64) * 2 + 1
    return ids, np.linspace(-1, 1, count * dimension).reshape(count, dimension).astype(np.float16)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "向量")


def test_nothing_was_published_yet(generations: Generations) -> None:
    assert generations.current() is None
    assert generations.load() is None
    assert generations.newest_number() == 0


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_what_was_published_is_loaded(generations: Generations, count: int) -> None:
    ids, vectors = some(count)
    number = generations.publish(ids, vectors, encoder="e", stamp="s")
    loaded = generations.load()
    assert loaded is not None
    generation, loaded_ids, loaded_vectors = loaded
    assert np.array_equal(loaded_ids, ids)
    assert np.array_equal(loaded_vectors, vectors)
    assert (loaded_ids.dtype, loaded_vectors.dtype) == (np.int64, np.float16)
    assert (generation.number, generation.encoder, generation.stamp) == (number, "e", "s")
    assert (generation.count, generation.dimension) == (count, 8)
    assert generations.newest_number() == number == 1


def test_the_files_are_plain_numpy_arrays(generations: Generations) -> None:
    ids, vectors = some(10)
    generations.publish(ids, vectors, encoder="e", stamp="s")
    folder = generations.folder / "000001"
    assert np.array_equal(np.load(folder / "ids.npy", allow_pickle=False), ids)
    assert np.array_equal(np.load(folder / "vectors.npy", allow_pickle=False), vectors)


def test_the_previous_generation_stays_and_older_ones_go(generations: Generations) -> None:
    for count in range(1, 6):
        generations.publish(*some(count), encoder="e", stamp=str(count))
    names = sorted(path.name for path in generations.folder.iterdir())
    assert names == ["000004", "000005", "current"]


def test_remains_of_a_killed_process_are_passed_over_and_deleted(generations: Generations) -> None:
    generations.publish(*some(3), encoder="e", stamp="a")
    unfinished = generations.folder / "000002"
    unfinished.mkdir()
    (unfinished / "ids.npy").write_bytes(b"half")
    (generations.folder / "current.new").write_bytes(b"0000")
    assert generations.newest_number() == 1
    assert generations.publish(*some(4), encoder="e", stamp="b") == 3
    assert not unfinished.exists()
    loaded = generations.load()
    assert loaded is not None
    assert loaded[0].stamp == "b"


@pytest.mark.parametrize("name", ["ids.npy", "vectors.npy", "manifest.json"])
def test_every_damaged_byte_is_noticed(generations: Generations, name: str) -> None:
    generations.publish(*some(5), encoder="e", stamp="s")
    file = generations.folder / "000001" / name
    whole = file.read_bytes()
    for position in range(0, len(whole), 7):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :])
        with pytest.raises(LibraryDamaged, match="重建"):
            generations.load()
    for damaged in (b"", whole[:-1], whole + b"\0"):
        file.write_bytes(damaged)
        with pytest.raises(LibraryDamaged):
            generations.load()
    file.unlink()
    with pytest.raises(LibraryDamaged, match=r"不见了|少了文件"):
        generations.load()
    file.write_bytes(whole)
    assert generations.load() is not None


@pytest.mark.parametrize("content", [b"", b"000001", b"\xff\xfe", b"../../etc x", b"000009 00"])
def test_a_damaged_pointer_is_noticed_and_publishing_mends_it(
    generations: Generations, content: bytes
) -> None:
    generations.publish(*some(5), encoder="e", stamp="s")
    (generations.folder / "current").write_bytes(content)
    with pytest.raises(LibraryDamaged):
        generations.load()
    generations.publish(*some(6), encoder="e", stamp="t")
    loaded = generations.load()
    assert loaded is not None
    assert loaded[0].count == 6


def test_a_reader_keeps_what_it_loaded(generations: Generations) -> None:
    ids, vectors = some(50)
    generations.publish(ids, vectors, encoder="e", stamp="s")
    loaded = generations.load()
    for count in (1, 2, 3):
        generations.publish(*some(count), encoder="e", stamp=str(count))
    assert loaded is not None
    assert np.array_equal(loaded[2], vectors)


def test_readers_always_find_a_whole_generation_while_one_publishes(
    generations: Generations,
) -> None:
    generations.publish(*some(1), encoder="e", stamp="1")
    stop = threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        last = 0
        while not stop.is_set():
            try:
                loaded = generations.load()
                assert loaded is not None
                generation, ids, vectors = loaded
                assert str(len(ids)) == generation.stamp
                assert np.array_equal(vectors, some(len(ids))[1])
                assert generation.number >= last
                last = generation.number
            except BaseException as error:
                errors.append(error)
                raise

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for count in range(2, 25):
        generations.publish(*some(count), encoder="e", stamp=str(count))
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors
