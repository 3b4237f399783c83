"""The files of the store: whole or refused, switched in one step, never taken from a reader."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.errors import LibraryDamaged
from index.vectors import Generations, Joined, Loaded

Ids = NDArray[np.int64]
Half = NDArray[np.float16]


def publish(generations: Generations, ids: Ids, vectors: Half, stamp: str = "s") -> int:
    """A generation of one plain part."""
    contents = Joined([(ids, vectors)]).contents()
    return generations.publish(contents, dimension=vectors.shape[1], encoder="e", stamp=stamp)


def loaded_from(generations: Generations) -> tuple[Loaded, Ids, Half]:
    """What is in use, as one row of vectors."""
    loaded = generations.load()
    assert loaded is not None
    parts = [(part.ids, part.vectors) for part in loaded.parts.values()]
    whole = Joined(parts, loaded.removed)
    return loaded, whole.ids, whole.take(np.arange(len(whole)))


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
    number = publish(generations, ids, vectors)
    loaded, loaded_ids, loaded_vectors = loaded_from(generations)
    generation = loaded.generation
    assert np.array_equal(loaded_ids, ids)
    assert np.array_equal(loaded_vectors, vectors)
    assert (loaded_ids.dtype, loaded_vectors.dtype) == (np.int64, np.float16)
    assert (generation.number, generation.encoder, generation.stamp) == (number, "e", "s")
    assert (generation.count, generation.dimension) == (count, 8)
    assert generations.newest_number() == number == 1


def test_the_files_are_plain_numpy_arrays(generations: Generations) -> None:
    ids, vectors = some(10)
    publish(generations, ids, vectors)
    folder = generations.folder / "000001"
    assert np.array_equal(np.load(folder / "ids.npy", allow_pickle=False), ids)
    assert np.array_equal(np.load(folder / "vectors.npy", allow_pickle=False), vectors)


def test_the_previous_generation_stays_and_older_ones_go(generations: Generations) -> None:
    for count in range(1, 6):
        publish(generations, *some(count), str(count))
    names = sorted(path.name for path in generations.folder.iterdir())
    assert names == ["000004", "000005", "current"]


def test_remains_of_a_killed_process_are_passed_over_and_deleted(generations: Generations) -> None:
    publish(generations, *some(3), "a")
    unfinished = generations.folder / "000002"
    unfinished.mkdir()
    (unfinished / "ids.npy").write_bytes(b"half")
    (generations.folder / "current.new").write_bytes(b"0000")
    assert generations.newest_number() == 1
    assert publish(generations, *some(4), "b") == 3
    assert not unfinished.exists()
    assert loaded_from(generations)[0].generation.stamp == "b"


@pytest.mark.parametrize("name", ["ids.npy", "vectors.npy", "manifest.json"])
def test_every_damaged_byte_is_noticed(generations: Generations, name: str) -> None:
    publish(generations, *some(5), "s")
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
    publish(generations, *some(5), "s")
    (generations.folder / "current").write_bytes(content)
    with pytest.raises(LibraryDamaged):
        generations.load()
    publish(generations, *some(6), "t")
    assert loaded_from(generations)[0].generation.count == 6


def test_a_reader_keeps_what_it_loaded(generations: Generations) -> None:
    ids, vectors = some(50)
    publish(generations, ids, vectors)
    loaded = generations.load()
    assert loaded is not None
    (part,) = loaded.parts.values()
    for count in (1, 2, 3):
        publish(generations, *some(count), str(count))
    assert np.array_equal(part.vectors, vectors)


def test_readers_always_find_a_whole_generation_while_one_publishes(
    generations: Generations,
) -> None:
    publish(generations, *some(1), "1")
    stop = threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        last = 0
        while not stop.is_set():
            try:
                loaded, ids, vectors = loaded_from(generations)
                generation = loaded.generation
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
        publish(generations, *some(count), str(count))
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors


def three_parts(generations: Generations) -> None:
    """A large part, what came since, and what was removed from both."""
    ids, vectors = some(9)
    publish(generations, ids[:5], vectors[:5], "a")
    first = generations.current()
    assert first is not None
    generations.publish(
        Joined([(ids[5:], vectors[5:])]).trained(),
        kept=first.parts,
        removed=ids[[1, 7]],
        dimension=8,
        encoder="e",
        stamp="b",
    )


def test_a_generation_keeps_older_parts_and_leaves_out_what_was_removed(
    generations: Generations,
) -> None:
    three_parts(generations)
    ids, vectors = some(9)
    loaded, loaded_ids, loaded_vectors = loaded_from(generations)
    kept = [0, 2, 3, 4, 5, 6, 8]
    assert loaded_ids.tolist() == ids[kept].tolist()
    assert np.array_equal(loaded_vectors, vectors[kept])
    assert loaded.generation.count == 7
    assert [part.inverted for part in loaded.generation.parts] == [False, True]


def test_folders_stay_as_long_as_a_generation_needs_them(generations: Generations) -> None:
    three_parts(generations)
    for stamp in "cdefg":
        newest = generations.current()
        assert newest is not None
        generations.publish(None, kept=newest.parts, dimension=8, encoder="e", stamp=stamp)
        assert len(loaded_from(generations)[1]) == 9
    names = sorted(path.name for path in generations.folder.iterdir())
    assert names == ["000001", "000002", "000006", "000007", "current"]
    publish(generations, *some(2), "h")
    publish(generations, *some(2), "i")
    names = sorted(path.name for path in generations.folder.iterdir())
    assert names == ["000008", "000009", "current"]


def test_what_is_open_already_is_not_read_again(generations: Generations) -> None:
    three_parts(generations)
    loaded = generations.load()
    assert loaded is not None
    newest = generations.current()
    assert newest is not None
    generations.publish(None, kept=newest.parts, dimension=8, encoder="e", stamp="c")
    again = generations.load(loaded.parts)
    assert again is not None
    assert list(again.parts.values()) == list(loaded.parts.values())
    assert again.generation.number == 3


@pytest.mark.parametrize("part", ["000001", "000002"])
def test_every_damaged_byte_of_any_part_is_noticed(generations: Generations, part: str) -> None:
    three_parts(generations)
    for file in sorted((generations.folder / part).iterdir()):
        if part == "000001" and file.name == "manifest.json":
            continue  # of a generation that is not in use any more
        whole = file.read_bytes()
        for position in range(0, len(whole), 41):
            damaged = bytearray(whole)
            damaged[position] ^= 0x10
            file.write_bytes(damaged)
            with pytest.raises(LibraryDamaged, match="重建"):
                generations.load()
        file.unlink()
        with pytest.raises(LibraryDamaged, match=r"不见了|少了"):
            generations.load()
        file.write_bytes(whole)
    assert len(loaded_from(generations)[1]) == 7


def test_a_generation_of_the_first_format_is_one_part(generations: Generations) -> None:
    """As libraries hold it that were made before there were parts."""
    ids, vectors = some(12)
    folder = generations.folder / "000004"
    folder.mkdir(parents=True)
    files = {}
    for name, array in (("ids.npy", ids), ("vectors.npy", vectors)):
        np.save(folder / name, array)
        files[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    manifest = json.dumps(
        {"format": 1, "encoder": "e", "dimension": 8, "count": 12, "stamp": "s", "files": files}
    ).encode()
    (folder / "manifest.json").write_bytes(manifest)
    digest = hashlib.sha256(manifest).hexdigest()
    (generations.folder / "current").write_text(f"000004 {digest}\n")
    loaded, loaded_ids, loaded_vectors = loaded_from(generations)
    assert np.array_equal(loaded_ids, ids)
    assert np.array_equal(loaded_vectors, vectors)
    generations.publish(None, kept=loaded.generation.parts, dimension=8, encoder="e", stamp="t")
    assert np.array_equal(loaded_from(generations)[2], vectors)
