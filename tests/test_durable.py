"""Arrays come back from the disk as they were, by NumPy and by us, in any number of threads."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.durable import Mismatch, Pieces, mapped_array, read_array, write_array

ARRAYS: list[NDArray[Any]] = [
    np.arange(5),
    np.zeros((3, 4), "<f2"),
    np.empty((0, 384), "<f2"),
    np.empty(0, np.int32),
    np.array([True, False]),
    np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
    np.arange(7, dtype=np.float32),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}-{array.shape}")
def test_what_was_written_comes_back(tmp_path: Path, array: NDArray[Any]) -> None:
    file = tmp_path / "a.npy"
    digest = write_array(file, array)
    for found in (read_array(file, digest), mapped_array(file, digest), np.load(file)):
        assert found.dtype == array.dtype
        assert found.shape == array.shape
        assert np.array_equal(found, array)


def test_another_byte_or_another_form_is_a_mismatch(tmp_path: Path) -> None:
    file = tmp_path / "a.npy"
    digest = write_array(file, np.arange(5))
    with pytest.raises(Mismatch, match="校验值"):
        read_array(file, digest[::-1])
    with pytest.raises(Mismatch, match="校验值"):
        mapped_array(file, digest[::-1])
    np.save(tmp_path / "b.npy", np.asfortranarray(np.ones((3, 2))))
    other = hashlib.sha256((tmp_path / "b.npy").read_bytes()).hexdigest()
    with pytest.raises(Mismatch, match="格式"):
        read_array(tmp_path / "b.npy", other)


def test_many_threads_open_files_at_once(tmp_path: Path) -> None:
    """NumPy's own reading of headers fails here now and then under Python 3.11."""
    file = tmp_path / "a.npy"
    digest = write_array(file, np.arange(5))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: mapped_array(file, digest).sum(), range(2_000)))
    assert set(found) == {10}


def test_pieces_make_the_file_that_the_whole_array_makes(tmp_path: Path) -> None:
    whole = np.arange(60, dtype="<f2").reshape(20, 3)
    pieces = Pieces("<f2", (20, 3), (whole[start : start + 7] for start in range(0, 20, 7)))
    digest = write_array(tmp_path / "件.npy", pieces)
    assert digest == write_array(tmp_path / "整.npy", whole)
    assert np.array_equal(mapped_array(tmp_path / "件.npy", digest), whole)


@pytest.mark.parametrize("rows", [0, 4, 6])
def test_pieces_that_do_not_fill_their_shape_are_refused(tmp_path: Path, rows: int) -> None:
    with pytest.raises(ValueError, match="do not fill"):
        write_array(tmp_path / "a.npy", Pieces("|u1", (5, 2), [np.zeros((rows, 2), np.uint8)]))
