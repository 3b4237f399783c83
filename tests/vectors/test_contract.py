"""What every vector store must do, by values: each answer is compared with brute force.

A new store is one more row in `STORES`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.durable import Pieces
from index.vectors import ExactStore, InvertedStore, Joined, LayeredStore, Part, VectorStore
from index.vectors import inverted as inverted_module

Make = Callable[[NDArray[np.int64], NDArray[np.float16]], VectorStore]


def inverted(ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> InvertedStore:
    """With lists."""
    store = ExactStore(ids, vectors)  # says what does not fit
    if not len(store):
        return inverted_without(ids, vectors)
    contents = Joined([(ids, vectors)]).trained()
    made = Part.of({name: materialised(array) for name, array in contents.items()}).store
    assert isinstance(made, InvertedStore)
    return made


def inverted_without(ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> InvertedStore:
    """Of what is asked for and more, with the rest left out again."""
    more = np.array([10**9, 10**9 + 1], np.int64)
    strangers = unit_vectors(2, 3, vectors.shape[1])
    return inverted(np.concatenate([ids, more]), np.concatenate([vectors, strangers])).without(more)


def exact_without(ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> ExactStore:
    ExactStore(ids, vectors)
    more = np.array([10**9], np.int64)
    strangers = unit_vectors(1, 3, vectors.shape[1])
    store = ExactStore(np.concatenate([ids, more]), np.concatenate([vectors, strangers]))
    return store.without(more)


def layered(ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> LayeredStore:
    """A part with lists, one without, and one of which something was removed."""
    ExactStore(ids, vectors)
    of = np.arange(len(ids)) % 3
    makes = (exact_without, inverted_without, ExactStore)
    return LayeredStore([make(ids[of == n], vectors[of == n]) for n, make in enumerate(makes)])


STORES: dict[str, Make] = {
    "exact": ExactStore,
    "exact, some left out": exact_without,
    "inverted": inverted,
    "inverted, by lists": inverted,
    "inverted, some left out": inverted_without,
    "inverted, some left out, by lists": inverted_without,
    "layered": layered,
}

DIMENSION = 48


@pytest.fixture(params=STORES)
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Make:
    # all lists are looked at: what may be missed otherwise is measured in test_inverted.py
    monkeypatch.setattr(inverted_module, "LEAST", 10**9)
    if request.param.endswith("by lists"):  # restrictions, too, however narrow
        monkeypatch.setattr(inverted_module, "NARROW", 0)
    return STORES[request.param]


def materialised(array: NDArray[Any] | Pieces) -> NDArray[Any]:
    """What would be read back from the file."""
    if not isinstance(array, Pieces):
        return array
    return np.concatenate(list(array.pieces)).astype(array.dtype).reshape(array.shape)


def unit_vectors(count: int, seed: int = 7, dimension: int = DIMENSION) -> NDArray[np.float16]:
    random = np.random.default_rng(seed)
    rows = random.standard_normal((count, dimension)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def query_vector(seed: int = 1) -> NDArray[np.float32]:
    return unit_vectors(1, seed)[0].astype(np.float32)


def brute_force(
    ids: NDArray[np.int64],
    vectors: NDArray[np.float16],
    query: NDArray[np.float32],
    k: int,
    allowed: NDArray[np.int64] | None = None,
) -> tuple[list[int], list[float]]:
    """Every score in double precision, best first, equal ones by id."""
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    kept = np.ones(len(ids), bool) if allowed is None else np.isin(ids, allowed)
    order = [i for i in np.lexsort((ids, -scores)) if kept[i]][:k]
    return ids[order].tolist(), scores[order].tolist()


@pytest.mark.parametrize("k", [1, 10, 100])
@pytest.mark.parametrize("count", [1, 2, 99, 5000])
def test_search_finds_what_brute_force_finds(make: Make, count: int, k: int) -> None:
    ids, vectors = np.arange(count, dtype=np.int64) * 3 + 5, unit_vectors(count)
    store = make(ids, vectors)
    for seed in range(5):
        found, scores = store.search(query_vector(seed), k)
        expected, expected_scores = brute_force(ids, vectors, query_vector(seed), k)
        assert found.tolist() == expected
        assert scores == pytest.approx(expected_scores, abs=1e-6)
        assert (found.dtype, scores.dtype) == (np.int64, np.float32)


def test_a_vector_is_nearest_to_itself_with_cosine_one(make: Make) -> None:
    ids, vectors = np.arange(300, dtype=np.int64), unit_vectors(300)
    store = make(ids, vectors)
    for position in (0, 150, 299):
        found, scores = store.search(vectors[position].astype(np.float32), 1)
        assert found.tolist() == [position]
        assert scores[0] == pytest.approx(1.0, abs=2e-3)  # half precision


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.3, 0.9, 1.0])
def test_the_restriction_holds_inside_the_search(make: Make, share: float) -> None:
    count = 8000
    ids, vectors = np.arange(count, dtype=np.int64) * 2, unit_vectors(count)
    store = make(ids, vectors)
    random = np.random.default_rng(11)
    allowed = np.sort(random.choice(ids, int(count * share), replace=False))
    for seed in range(3):
        found, scores = store.search(query_vector(seed), 25, allowed)
        expected, expected_scores = brute_force(ids, vectors, query_vector(seed), 25, allowed)
        assert found.tolist() == expected
        assert scores == pytest.approx(expected_scores, abs=1e-6)


def test_the_worst_of_all_is_found_when_only_it_is_allowed(make: Make) -> None:
    ids, vectors = np.arange(4000, dtype=np.int64), unit_vectors(4000)
    worst = brute_force(ids, vectors, query_vector(), 4000)[0][-1]
    found, _ = make(ids, vectors).search(query_vector(), 10, np.array([worst]))
    assert found.tolist() == [worst]


def test_allowed_ids_may_repeat_come_in_any_order_and_be_unknown(make: Make) -> None:
    ids, vectors = np.array([10, 20, 30], np.int64), unit_vectors(3)
    store = make(ids, vectors)
    allowed = np.array([999, 30, 10, 30, -4, 11], np.int64)
    expected = brute_force(ids, vectors, query_vector(), 9, np.array([10, 30]))[0]
    assert store.search(query_vector(), 9, allowed)[0].tolist() == expected
    assert store.search(query_vector(), 9, np.array([999]))[0].tolist() == []
    assert store.search(query_vector(), 9, np.empty(0, np.int64))[0].tolist() == []


@pytest.mark.parametrize("allowed_step", [None, 1, 2])
@pytest.mark.parametrize("k", [1, 7, 40, 300])
def test_equal_vectors_come_in_the_order_of_their_ids(
    make: Make, k: int, allowed_step: int | None
) -> None:
    """The tie lies across the k-th place for most k: which of the equal ones are taken is fixed."""
    vectors = unit_vectors(6000)
    vectors[np.arange(100, 6000, 20)] = vectors[50]  # 295 copies beside the first
    ids = np.arange(6000, dtype=np.int64) + 1000
    store = make(ids, vectors)
    allowed = None if allowed_step is None else ids[::allowed_step]
    query = vectors[50].astype(np.float32)
    found, scores = store.search(query, k, allowed)
    expected, _ = brute_force(ids, vectors, query, k, allowed)
    assert found.tolist() == expected
    assert len(set(scores[: min(k, 100)].tolist())) == 1


def test_a_store_of_equal_vectors_only(make: Make) -> None:
    vectors = np.repeat(unit_vectors(1), 3000, axis=0)
    store = make(np.arange(3000, dtype=np.int64), vectors)
    found, scores = store.search(query_vector(), 5)
    assert found.tolist() == [0, 1, 2, 3, 4]
    assert len(set(scores.tolist())) == 1


def test_more_wanted_than_there_are_gives_all_without_padding(make: Make) -> None:
    ids, vectors = np.array([3, 8], np.int64), unit_vectors(2)
    store = make(ids, vectors)
    found, scores = store.search(query_vector(), 50)
    assert found.tolist() == brute_force(ids, vectors, query_vector(), 2)[0]
    assert scores.shape == (2,)
    assert store.search(query_vector(), 50, np.array([8]))[0].tolist() == [8]


@pytest.mark.parametrize("k", [0, -1])
def test_none_wanted_gives_none(make: Make, k: int) -> None:
    store = make(np.array([3], np.int64), unit_vectors(1))
    assert store.search(query_vector(), k)[0].tolist() == []
    assert store.search_many(query_vector()[None], k)[0][0].tolist() == []


def test_an_empty_store_answers_with_nothing(make: Make) -> None:
    store = make(np.empty(0, np.int64), np.empty((0, DIMENSION), np.float16))
    assert len(store) == 0
    assert store.ids.tolist() == []
    assert store.search(query_vector(), 5)[0].tolist() == []
    assert [found.tolist() for found, _ in store.search_many(query_vector()[None], 5)] == [[]]
    assert np.isnan(store.scores(query_vector(), np.array([1, 2]))).all()
    assert np.isnan(store.vectors(np.array([1]))).all()
    assert store.vectors(np.array([1])).shape == (1, DIMENSION)


def test_what_was_removed_is_not_found_and_the_others_keep_their_ids(make: Make) -> None:
    ids, vectors = np.arange(500, dtype=np.int64), unit_vectors(500)
    kept = ids % 7 != 0
    store = make(ids[kept], vectors[kept])
    for seed in range(5):
        found, _ = store.search(query_vector(seed), 20)
        assert found.tolist() == brute_force(ids[kept], vectors[kept], query_vector(seed), 20)[0]
    assert np.isnan(store.scores(query_vector(), np.array([0, 7, 490]))).all()


def test_many_queries_at_once_give_what_they_give_one_by_one(make: Make) -> None:
    vectors = unit_vectors(2000)
    vectors[500:900] = vectors[3]
    ids = np.arange(2000, dtype=np.int64) * 5
    store = make(ids, vectors)
    queries = np.vstack([unit_vectors(6, 99).astype(np.float32), vectors[3:4].astype(np.float32)])
    for k in (1, 30, 5000):
        together = store.search_many(queries, k)
        assert len(together) == 7
        for query, (found, scores) in zip(queries, together, strict=True):
            alone, alone_scores = store.search(query, k)
            assert found.tolist() == alone.tolist()
            assert scores.tolist() == alone_scores.tolist()
    assert store.search_many(np.empty((0, DIMENSION), np.float32), 3) == []


def test_scores_are_those_of_the_search_and_nan_for_the_unknown(make: Make) -> None:
    ids, vectors = np.arange(1000, dtype=np.int64) * 2 + 1, unit_vectors(1000)
    store = make(ids, vectors)
    found, scores = store.search(query_vector(), 10)
    again = store.scores(query_vector(), np.array([2, *found.tolist()[::-1], 99_999]))
    assert np.isnan(again[[0, -1]]).all()
    assert again[1:-1].tolist() == scores.tolist()[::-1]


def test_vectors_come_back_as_they_were_stored(make: Make) -> None:
    ids, vectors = np.array([4, 9, 11], np.int64), unit_vectors(3)
    store = make(ids, vectors)
    back = store.vectors(np.array([11, 4, 5]))
    assert back.dtype == np.float32
    assert np.array_equal(back[0], vectors[2].astype(np.float32))
    assert np.array_equal(back[1], vectors[0].astype(np.float32))
    assert np.isnan(back[2]).all()


def test_a_query_of_another_length_names_both_lengths(make: Make) -> None:
    store = make(np.array([4], np.int64), unit_vectors(1))
    with pytest.raises(ValueError, match=r"expected 48 dimensions, got \(49,\)"):
        store.search(np.zeros(49, np.float32), 1)
    with pytest.raises(ValueError, match="expected 48"):
        store.search_many(np.zeros((2, 47), np.float32), 1)


def test_ids_and_vectors_must_fit(make: Make) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        make(np.array([1, 2], np.int64), unit_vectors(3))
    with pytest.raises(ValueError, match="rise strictly"):
        make(np.array([2, 2], np.int64), unit_vectors(2))


def test_the_caller_cannot_change_the_store(make: Make) -> None:
    ids, vectors = np.array([4, 9], np.int64), unit_vectors(2)
    store = make(ids, vectors)
    with pytest.raises(ValueError):
        store.ids[0] = 7
    store.vectors(np.array([4]))[:] = 0.0
    assert np.array_equal(store.vectors(np.array([4]))[0], vectors[0].astype(np.float32))


def test_threads_may_search_at_the_same_time(make: Make) -> None:
    ids, vectors = np.arange(5000, dtype=np.int64), unit_vectors(5000)
    store = make(ids, vectors)

    def ask(seed: int) -> bool:
        allowed = ids[:: seed % 4 + 1]
        expected = brute_force(ids, vectors, query_vector(seed), 10, allowed)[0]
        return store.search(query_vector(seed), 10, allowed)[0].tolist() == expected

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(64)))


def test_a_large_store_scanned_by_two_threads_gives_the_same(make: Make) -> None:
    count = 20_001
    ids, vectors = np.arange(7, 7 + count, dtype=np.int64), unit_vectors(count)
    vectors[count // 2 + 5] = vectors[3]  # a tie across the two halves: the smaller id first
    store = make(ids, vectors)
    for seed in range(5):
        expected = brute_force(ids, vectors, query_vector(seed), 200, ids)[0]
        assert store.search_many(query_vector(seed)[None], 200)[0][0].tolist() == expected
    tied = store.search_many(vectors[3].astype(np.float32)[None], 2)[0][0].tolist()
    assert tied == [7 + 3, 7 + count // 2 + 5]
