from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.catalogue.vectors import text_hash


def unit(seed: int, dimension: int = 384) -> NDArray[np.float32]:
    row = np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
    return row / np.linalg.norm(row)


def test_the_key_is_the_text_itself() -> None:
    assert text_hash("一是抓学习。") == hashlib.sha256("一是抓学习。".encode()).digest()
    assert text_hash("一是抓学习。") != text_hash("一是抓学习。 ")


def test_vectors_come_back_by_encoder_kind_and_text(catalogue: Catalogue) -> None:
    first = catalogue.vectors.encoder_id("甲", 384)
    second = catalogue.vectors.encoder_id("乙", 384)
    key = text_hash("同一句话")
    catalogue.vectors.save(first, "passage", [(key, unit(1))])
    catalogue.vectors.save(first, "query", [(key, unit(2))])
    catalogue.vectors.save(second, "passage", [(key, unit(3))])
    for encoder, kind, seed in (("甲", "passage", 1), ("甲", "query", 2), ("乙", "passage", 3)):
        found = catalogue.vectors.find(encoder, kind, [key, text_hash("别的")])  # type: ignore[arg-type]
        assert list(found) == [key]
        assert np.array_equal(found[key], unit(seed).astype(np.float16).astype(np.float32))
    assert catalogue.vectors.find("乙", "query", [key]) == {}
    assert catalogue.vectors.find("丙", "passage", [key]) == {}


def test_half_precision_costs_nothing_that_could_be_seen(catalogue: Catalogue) -> None:
    """The largest change of 10,000 cosines; neighbouring hits lie about 0.001 apart."""
    rows = np.stack([unit(seed) for seed in range(100)])
    halves = rows.astype(np.float16).astype(np.float32)
    assert np.abs(halves @ rows.T - rows @ rows.T).max() < 1e-3 / 4


def test_the_first_vector_of_a_text_stays(catalogue: Catalogue) -> None:
    encoder = catalogue.vectors.encoder_id("甲", 384)
    key = text_hash("一句")
    catalogue.vectors.save(encoder, "passage", [(key, unit(1))])
    catalogue.vectors.save(encoder, "passage", [(key, unit(2))])
    found = catalogue.vectors.find("甲", "passage", [key])[key]
    assert np.array_equal(found, unit(1).astype(np.float16).astype(np.float32))


def test_what_is_missing_is_named(catalogue: Catalogue) -> None:
    encoder = catalogue.vectors.encoder_id("甲", 8)
    keys = [text_hash(str(number)) for number in range(1200)]
    catalogue.vectors.save(encoder, "passage", ((key, unit(1, 8)) for key in keys[::2]))
    assert catalogue.vectors.missing("甲", keys) == set(keys[1::2])
    assert catalogue.vectors.missing("乙", keys) == set(keys)


def test_a_damaged_vector_is_not_given_out(catalogue: Catalogue) -> None:
    encoder = catalogue.vectors.encoder_id("甲", 8)
    keys = [text_hash(str(number)) for number in range(4)]
    catalogue.vectors.save(encoder, "passage", ((key, unit(1, 8)) for key in keys))
    catalogue.database.run("UPDATE vector SET half = zeroblob(16) WHERE id = 2")
    catalogue.database.run("UPDATE vector SET half = x'00' WHERE id = 3")
    assert catalogue.vectors.damaged() == [2, 3]
    assert set(catalogue.vectors.find("甲", "passage", keys)) == {keys[0], keys[3]}


def test_an_encoder_keeps_its_dimension(catalogue: Catalogue) -> None:
    assert catalogue.vectors.encoder_id("甲", 8) == catalogue.vectors.encoder_id("甲", 8)
    with pytest.raises(ValueError, match="expected 8 dimensions, got 9"):
        catalogue.vectors.encoder_id("甲", 9)
