"""What a review needs once is there before the draft is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.errors import EncoderError
from index.library import Library, encoder_in_use
from index.library import prints as prints_module
from index.review import gather, pasted
from index.review.readiness import get_ready
from index.settings import Settings
from index.text import ordinary_words

from .desk import DRAFT, HELD


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = Settings(library=tmp_path / "library", data_folder=tmp_path / "data")
    with Library.create(settings.library, CountingEncoder(name="counting"), settings) as made:
        made.sync([HELD])
    with Library.open(settings.library, settings=settings) as opened:
        yield opened


def test_the_first_review_opens_nothing_any_more(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[CountingEncoder] = []

    def open_encoder(settings: Settings) -> CountingEncoder:
        opened.append(CountingEncoder(name="counting"))
        return opened[-1]

    monkeypatch.setattr(encoder_in_use, "open_encoder", open_encoder)
    monkeypatch.setattr(encoder_in_use, "encoder_name", lambda settings: "counting")
    ordinary_words.cache_clear()
    get_ready(library)
    assert len(opened) == 1
    assert opened[0].query_calls == 1
    assert ordinary_words.cache_info().currsize == 1
    before = library.version
    monkeypatch.setattr(prints_module.PrintKeeper, "_followed", None)
    evidence = gather(library, pasted(DRAFT.read_text(encoding="utf-8")))
    assert evidence.spans
    get_ready(library)
    assert len(opened) == 1
    assert before == library.version, "nothing of the library has changed"


def test_without_a_model_the_rest_is_made_ready(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(settings: Settings) -> CountingEncoder:
        raise EncoderError("没有模型")

    monkeypatch.setattr(encoder_in_use, "open_encoder", missing)
    monkeypatch.setattr(encoder_in_use, "encoder_name", lambda settings: "counting")
    get_ready(library)
    monkeypatch.setattr(prints_module.PrintKeeper, "_followed", None)
    assert gather(library, pasted(DRAFT.read_text(encoding="utf-8"))).spans
