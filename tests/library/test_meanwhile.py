"""What a reader finds while another process adds: committed, but not in its vectors yet."""

from __future__ import annotations

import math

import numpy as np
import pytest

from index.datatypes import SearchMode
from index.embedding.testing import CountingEncoder
from index.library import Library
from index.retrieval import search, similar
from index.settings import Settings
from index.topics import TopicIndex
from index.topics.evidence import Support

from .conftest import Write

A = "春耕期间组织技术员下乡三十余次，解决育秧难题。"
B = "加强廉政教育，组织全体干部观看警示教育片两场。"


@pytest.fixture
def reader(library: Library, write: Write, settings: Settings) -> Library:
    """A reader that opened its vectors before B was added."""
    library.sync([write("1.txt", A)])
    opened = Library.open(library.folder, CountingEncoder(), settings)
    assert len(opened.store) == library.status().passages
    library.sync([write("2.txt", B)])
    assert len(opened.store) < library.status().passages
    return opened


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "keyword"])
def test_scores_are_numbers(reader: Library, mode: SearchMode) -> None:
    with reader:
        for text in ("廉政教育", "春耕 育秧", B):
            hits = search(reader, text, mode=mode)
            assert hits or mode == "keyword"
            assert all(not math.isnan(hit.score) for hit in hits)
            assert all(hit.semantic is None or not math.isnan(hit.semantic) for hit in hits)
        if mode != "semantic":
            assert B in [hit.text for hit in search(reader, "廉政教育", mode=mode)]


def test_paragraphs_like_a_new_one_are_found(reader: Library) -> None:
    with reader:
        (new,) = reader.containing([B]).tolist()
        hits = similar(reader, new)
        assert hits
        assert all(not math.isnan(hit.score) for hit in hits)


def test_evidence_for_topics_is_a_number(reader: Library) -> None:
    with reader:
        ids = reader.containing([""]).tolist()
        index = TopicIndex.open(reader)
        for topic in index.taxonomy.topics:
            assert set(index.paragraph_ids(topic.name).tolist()) <= set(ids)
        bodies = reader.bodies_by_id(ids)
        table, known = index.instruments.measure(bodies, reader.store, Support({}))
        assert not np.isnan(table).any()
        texts = [body.text for body, one in zip(bodies, known, strict=True) if not one]
        assert B in texts


def test_topics_of_what_is_not_published_are_not_kept(reader: Library, library: Library) -> None:
    with reader:
        (new,) = reader.containing([B]).tolist()
        document = reader.paragraphs_by_id([new])[new].source.document_id
        TopicIndex.of(reader).counts()
        kept = library.assignments()
        assert kept is not None
        assert document not in kept.documents.tolist()
        assert not kept.stamp
    TopicIndex.of(library).counts()
    kept = library.assignments()
    assert kept is not None
    assert document in kept.documents.tolist()
    assert kept.stamp == library.stamp


def test_before_anything_is_published_words_are_found(
    library: Library, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(library.store) == 0  # opened before the first vector
    monkeypatch.setattr("index.library.shadow.Shadow.publish", lambda *_, **__: 0)
    library.sync([write("1.txt", A, B)])
    assert len(library.store) == 0
    for mode in ("hybrid", "keyword"):
        assert B in [hit.text for hit in search(library, "廉政教育", mode=mode)]
    assert search(library, "廉政教育", mode="semantic") == []
    (found,) = library.containing([B]).tolist()
    assert found not in [hit.paragraph_id for hit in similar(library, found)]
    assert TopicIndex.open(library).counts()["廉政教育"] >= 0
