"""What every encoder must do, whatever computes its vectors."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedding import Encoder
from index.embedding.testing import CountingEncoder


@pytest.fixture(
    scope="module",
    params=[
        "counting",
        pytest.param("openvino", marks=pytest.mark.model),
        pytest.param("torch", marks=pytest.mark.model),
    ],
)
def encoder(request: pytest.FixtureRequest) -> Iterator[Encoder]:
    if request.param == "counting":
        yield CountingEncoder(batch_size=4)
        return
    folder: Path = request.getfixturevalue("model_folder")
    if request.param == "openvino":
        from index.embedding.on_openvino import OpenVinoEncoder

        yield OpenVinoEncoder(folder, "openvino")
    else:
        from index.embedding.on_torch import TorchEncoder

        yield TorchEncoder(folder, "torch", device="cpu")
    gc.collect()


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", a, b)


def test_is_an_encoder(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    assert encoder.name
    assert encoder.max_tokens == 512


def test_shape_type_and_length(encoder: Encoder, paragraphs: list[str]) -> None:
    vectors = encoder.encode_passages(paragraphs)
    assert vectors.shape == (len(paragraphs), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    query = encoder.encode_query("廉政教育")
    assert query.shape == (encoder.dimension,)
    assert query.dtype == np.float32
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)


def test_order_survives_sorting_by_length(encoder: Encoder, paragraphs: list[str]) -> None:
    together = encoder.encode_passages(paragraphs)
    alone = np.stack([encoder.encode_passages([text])[0] for text in paragraphs])
    assert cosines(together, alone).min() >= 0.999
    # and no row could be taken for another
    assert (together @ alone.T).argmax(axis=1).tolist() == list(range(len(paragraphs)))


def test_batches_hold_every_position_once_longest_first(
    encoder: Encoder, paragraphs: list[str]
) -> None:
    texts = paragraphs * 3 + ["短"]
    lengths, seen = [], []
    expected = encoder.encode_passages(texts)
    for positions, vectors in encoder.encode_passages_in_batches(texts):
        assert vectors.shape == (len(positions), encoder.dimension)
        assert cosines(vectors, expected[positions]).min() >= 0.999
        seen += positions
        lengths.append(max(len(texts[i]) for i in positions))
    assert sorted(seen) == list(range(len(texts)))
    assert lengths[0] == max(map(len, texts))
    assert lengths[-1] == min(lengths)


def test_equal_texts_have_equal_vectors(encoder: Encoder, paragraphs: list[str]) -> None:
    texts = [paragraphs[0], paragraphs[1], paragraphs[0], paragraphs[0], paragraphs[1]]
    vectors = encoder.encode_passages(texts)
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(vectors[0], vectors[3])
    assert np.array_equal(vectors[1], vectors[4])
    assert not np.array_equal(vectors[0], vectors[1])


def test_no_texts(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.dimension)
    assert list(encoder.encode_passages_in_batches([])) == []


@pytest.mark.parametrize(
    "text", ["", " \n", "😀🇨🇳👩‍👩‍👧", "'; DROP TABLE x; --", "<s></s><mask>", "\x00\ufdd0"]
)
def test_strange_texts(encoder: Encoder, text: str) -> None:
    for vector in (encoder.encode_query(text), encoder.encode_passages([text, "好"])[0]):
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_very_long_text_is_read_from_its_beginning(
    encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    beginning = "振兴乡村要靠产业，产业要靠人。" * 80
    long = beginning + "完全不同的结尾谈的是冰川与鲸鱼。" * 600
    assert len(long) > 10_000
    vectors = encoder.encode_passages([long, beginning])
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] >= 0.999
    if encoder.name == "openvino":
        assert "512" in caplog.text


def test_progress_counts_every_text(encoder: Encoder, paragraphs: list[str]) -> None:
    texts = [*paragraphs, paragraphs[0]]
    reports: list[int] = []
    encoder.encode_passages(texts, progress=reports.append)
    assert reports == sorted(reports)
    assert reports[-1] == len(texts)


def test_leaving_early_leaves_nothing_running(encoder: Encoder, paragraphs: list[str]) -> None:
    texts = [f"{i}、{text}" for i in range(6) for text in paragraphs]
    before = threading.active_count()
    batches = encoder.encode_passages_in_batches(texts)
    positions, first = next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert threading.active_count() <= before
    again = encoder.encode_passages([texts[i] for i in positions])
    assert cosines(first, again).min() >= 0.999


def test_an_interruption_comes_through(encoder: Encoder, paragraphs: list[str]) -> None:
    texts = [f"{i}、{text}" for i in range(6) for text in paragraphs]
    stored: list[int] = []

    def stop(done: int) -> None:
        stored.append(done)
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        encoder.encode_passages(texts, progress=stop)
    assert len(stored) == 1
    assert threading.active_count() <= before
    assert encoder.encode_passages(paragraphs[:2]).shape == (2, encoder.dimension)


def test_threads_may_share_one(encoder: Encoder, paragraphs: list[str]) -> None:
    expected = encoder.encode_passages(paragraphs)
    queries = np.stack([encoder.encode_query(text) for text in paragraphs])
    with ThreadPoolExecutor(4) as pool:
        passages = [pool.submit(encoder.encode_passages, paragraphs) for _ in range(3)]
        asked = list(pool.map(encoder.encode_query, paragraphs))
        for future in passages:
            assert cosines(future.result(), expected).min() >= 0.999
    assert cosines(np.stack(asked), queries).min() >= 0.999


def test_a_query_is_not_a_passage(encoder: Encoder) -> None:
    """E5 was trained with two prefixes; whoever drops one loses quality without a message."""
    if isinstance(encoder, CountingEncoder):
        pytest.skip("the double gives both the same vector, so that tests can expect cosine 1")
    query = encoder.encode_query("廉政教育")
    passage = encoder.encode_passages(["廉政教育"])[0]
    assert 0.8 < float(query @ passage) < 0.99


def test_meaning_decides(encoder: Encoder) -> None:
    if isinstance(encoder, CountingEncoder):
        pytest.skip("the double knows characters only")
    passages = encoder.encode_passages(
        ["组织干部观看警示片，筑牢拒腐防变的防线。", "修建灌溉水渠十二公里，惠及三个村。"]
    )
    scores = passages @ encoder.encode_query("廉政教育")
    assert scores[0] > scores[1] + 0.02


def test_the_double_counts() -> None:
    encoder = CountingEncoder(batch_size=2)
    encoder.encode_passages(["甲", "乙乙", "甲", "丙丙丙"])
    assert (encoder.passage_calls, encoder.batches, encoder.texts) == (1, 2, 3)
    encoder.encode_query("甲")
    assert encoder.query_calls == 1
    assert encoder.texts == 3


def test_the_double_can_be_interrupted() -> None:
    encoder = CountingEncoder(batch_size=1, interrupt_after=2)
    batches = encoder.encode_passages_in_batches(["一", "二二", "三三三"])
    assert [next(batches)[0], next(batches)[0]] == [[2], [1]]
    with pytest.raises(KeyboardInterrupt):
        next(batches)
