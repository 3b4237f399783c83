"""The store that may miss something: how much, on vectors that lie as real ones do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.vectors import ExactStore, Generations, InvertedStore, Joined, Stopped, inverted
from index.vectors.parts import LISTS, Part

COUNT, DIMENSION = 12_000, 64


def clustered(count: int, seed: int) -> NDArray[np.float16]:
    """Unit vectors around 150 subjects, all of them around one direction, as E5's are."""
    subjects = np.random.default_rng(5).standard_normal((150, DIMENSION))
    random = np.random.default_rng(seed)
    rows = subjects[random.integers(0, 150, count)]
    rows = 9.0 + rows + random.standard_normal((count, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Part:
    ids, vectors = np.arange(COUNT, dtype=np.int64) * 2, clustered(COUNT, 1)
    generations = Generations(tmp_path_factory.mktemp("资料") / "向量")
    contents = Joined([(ids, vectors)]).trained()
    generations.publish(contents, dimension=DIMENSION, encoder="e", stamp="s")
    loaded = generations.load()
    assert loaded is not None
    (part,) = loaded.parts.values()
    assert part.misplaced() == 0
    return part


@pytest.fixture
def stores(part: Part, monkeypatch: pytest.MonkeyPatch) -> tuple[InvertedStore, ExactStore]:
    """A store that looks at a tenth, and the exact one beside it."""
    monkeypatch.setattr(inverted, "LEAST", 100)
    monkeypatch.setattr(inverted, "SHARE", 0.1)
    monkeypatch.setattr(inverted, "NARROW", 50)
    store = part.store
    assert isinstance(store, InvertedStore)
    return store, ExactStore(part.ids, part.vectors)


@pytest.mark.parametrize("step", [None, 2, 9])
def test_what_it_finds_has_the_exact_scores_and_little_is_missed(
    stores: tuple[InvertedStore, ExactStore], step: int | None
) -> None:
    near, exact = stores
    allowed = None if step is None else exact.ids[::step]
    recall = []
    for query in clustered(60, 2).astype(np.float32):
        found, scores = near.search(query, 10, allowed)
        true, _ = exact.search(query, 10, allowed)
        assert scores.tolist() == exact.scores(query, found).tolist()
        assert (np.diff(scores) <= 0).all()
        recall.append(len(np.intersect1d(found, true)) / 10)
    assert np.mean(recall) > 0.93


def test_it_does_not_look_at_everything(
    stores: tuple[InvertedStore, ExactStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the measurements above would say nothing."""
    near, exact = stores
    monkeypatch.setattr(inverted, "LEAST", 10)
    monkeypatch.setattr(inverted, "SHARE", 0.003)
    recall = []
    for query in clustered(60, 2).astype(np.float32):
        found, _ = near.search(query, 10)
        recall.append(len(np.intersect1d(found, exact.search(query, 10)[0])) / 10)
    assert 0.3 < np.mean(recall) < 0.9


def test_as_many_come_as_were_asked_for_however_few_lists_are_near(
    stores: tuple[InvertedStore, ExactStore],
) -> None:
    near, exact = stores
    query = clustered(1, 3)[0].astype(np.float32)
    for k in (1, 500, 5_000, COUNT, COUNT + 1):
        found, _ = near.search(query, k)
        assert len(np.unique(found)) == min(k, COUNT)
    rare = exact.ids[exact.scores(query, exact.ids).argsort()[:60]]
    assert set(near.search(query, 60, rare)[0].tolist()) == set(rare.tolist())


def test_lists_hold_every_vector_once(part: Part) -> None:
    store = part.store
    assert isinstance(store, InvertedStore)
    assert np.array_equal(np.sort(store._rows), np.arange(COUNT))
    assert store._sizes.min() > 0
    assert store._sizes.sum() == COUNT
    assert abs(len(store._sizes) - inverted.LISTS * COUNT**0.5) < 0.1 * inverted.LISTS * COUNT**0.5
    for number in (0, len(store._sizes) - 1):
        rows = store._rows[store._bounds[number] : store._bounds[number + 1]]
        assert (np.diff(rows) > 0).all()
        mean = part.vectors[rows].astype(np.float64).mean(axis=0)
        assert store._centres[number] == pytest.approx(mean, abs=1e-5)


def test_training_ends_when_it_is_asked_to() -> None:
    vectors = clustered(2_000, 1)
    with pytest.raises(Stopped):
        Joined([(np.arange(2_000, dtype=np.int64), vectors)]).trained(lambda: True)


@pytest.mark.parametrize(("field", "wrong"), [("codes", 1), ("rows", 2)])
def test_lists_that_do_not_fit_the_vectors_are_noticed(part: Part, field: str, wrong: int) -> None:
    ids, vectors = part.ids[:500], part.vectors[:500]
    contents = Joined([(np.ascontiguousarray(ids), vectors)]).trained()
    arrays = {}
    for name, array in contents.items():
        pieces = [array] if isinstance(array, np.ndarray) else list(array.pieces)
        arrays[name] = np.concatenate(pieces).copy()
    assert Part.of(arrays).misplaced() == 0
    arrays[LISTS[field]][7] = arrays[LISTS[field]][8]
    assert Part.of(arrays).misplaced() == wrong


def test_the_files_are_plain_numpy_arrays(tmp_path: Path) -> None:
    vectors = clustered(300, 1)
    generations = Generations(tmp_path)
    contents = Joined([(np.arange(300, dtype=np.int64), vectors)]).trained()
    generations.publish(contents, dimension=DIMENSION, encoder="e", stamp="s")
    folder = tmp_path / "000001"
    rows = np.load(folder / "lists.rows.npy", allow_pickle=False)
    codes = np.load(folder / "lists.codes.npy", allow_pickle=False)
    least, span = np.load(folder / "lists.scale.npy", allow_pickle=False)
    # as docs/storage.md says
    restored = least + (codes + 0.5) / 255 * span
    assert np.abs(restored - vectors[rows]).max() <= span.max() / 255
