"""A library whose vectors grow large: parts, lists in the background, and the same answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.errors import LibraryBusy
from index.library import Library
from index.settings import Settings
from index.vectors import Stopped, growth, inverted

from .conftest import Write


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a library of these tests held half a million passages."""
    monkeypatch.setattr(growth, "SMALL", 10)
    monkeypatch.setattr(growth, "EXACT_MOST", 60)
    monkeypatch.setattr(inverted, "LEAST", 20)
    monkeypatch.setattr(inverted, "NARROW", 5)


def report(write: Write, number: int, passages: int = 20) -> Path:
    """A title and paragraphs of one passage each, together so many passages."""
    lines = [f"第{number}份材料的第{n}件事办结。" for n in range(passages - 1)]
    return write(f"{number}.txt", *lines)


def folder_of_lists(library: Library) -> Path:
    generation = library._shadow.generations.current()
    assert generation is not None
    (part,) = [part for part in generation.parts if part.inverted]
    return library._shadow.generations.folder / part.folder


@pytest.fixture
def large(library: Library, write: Write) -> Library:
    """With one part that has lists."""
    library.sync([report(write, number) for number in range(5)])
    library._settling.wait()
    library.refresh()
    return library


def kinds(library: Library) -> list[tuple[bool, int]]:
    """(has lists, vectors) of the parts in use, those with lists first."""
    generation = library._shadow.generations.current()
    assert generation is not None
    return sorted(((part.inverted, part.count) for part in generation.parts), reverse=True)


def finds(library: Library, text: str) -> bool:
    """Whether a passage is the nearest to itself."""
    ids, scores = library.store.search(library.encoder.encode_query(text), 1)
    found = library.paragraph_of(ids.tolist())
    paragraphs = library.paragraphs_by_id(place[0] for place in found.values())
    return scores[0] > 0.99 and [p.text for p in paragraphs.values()] == [text]


def test_a_library_gets_lists_by_itself_when_it_is_large(large: Library) -> None:
    assert kinds(large) == [(True, 100)]
    assert large.verify() == []
    assert all(finds(large, f"第{n}份材料的第{m}件事办结。") for n in range(5) for m in range(19))


def test_a_library_that_was_rebuilt_empty_takes_its_first_report(
    library: Library, write: Write
) -> None:
    library.rebuild()
    assert library.store.dimension == 0
    library.sync([report(write, 1, 3)])
    assert kinds(library) == [(False, 3)]
    assert finds(library, "第1份材料的第1件事办结。")
    library.remove([1])
    assert kinds(library) == []
    assert len(library.store) == 0
    library.sync([report(write, 2, 3)])
    assert kinds(library) == [(False, 3)]
    assert library.verify() == []


def test_a_small_one_stays_as_it_is(library: Library, write: Write) -> None:
    library.sync([report(write, number) for number in range(3)])
    library._settling.wait()
    assert kinds(library) == [(False, 60)]


def test_a_report_is_added_and_removed_without_touching_the_lists(
    large: Library, write: Write
) -> None:
    folder = folder_of_lists(large)
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    path = report(write, 7, 3)
    large.sync([path])
    assert kinds(large) == [(True, 100), (False, 3)]
    assert finds(large, "第7份材料的第1件事办结。")
    large.remove([1])
    large.remove([path])
    assert kinds(large) == [(True, 100)]
    assert len(large.store) == 80
    assert not finds(large, "第0份材料的第2件事办结。")
    assert not finds(large, "第7份材料的第1件事办结。")
    assert finds(large, "第1份材料的第2件事办结。")
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    assert large.verify() == []


def test_an_open_part_is_not_read_again(large: Library, write: Write) -> None:
    assert len(large.store) == 100
    (part,) = large._reader._loaded.parts.values()  # type: ignore[union-attr]
    large.sync([report(write, 7, 3)])
    assert part in large._reader._loaded.parts.values()  # type: ignore[union-attr]


def test_what_has_grown_by_half_is_sorted_into_lists_together(large: Library, write: Write) -> None:
    large.sync([report(write, number) for number in range(10, 14)])
    large._settling.wait()
    assert kinds(large) == [(True, 180)]
    assert large.verify() == []


def test_what_is_mostly_removed_is_made_anew(large: Library) -> None:
    large.remove([1, 2])
    large._settling.wait()
    assert kinds(large) == [(False, 60)]  # and is small again
    large.refresh()
    assert finds(large, "第3份材料的第2件事办结。")
    assert large.verify() == []


def test_a_document_that_is_counted_again_comes_back_from_where_it_lies(
    library: Library, write: Write
) -> None:
    text = [f"重复材料的第{n}件事，" + "逐项核对、按期办结、登记造册；" * 3 for n in range(5)]
    library.sync([report(write, 1, 60), write("甲.txt", *text)])
    library._settling.wait()
    assert kinds(library) == [(True, 66)]
    library.sync([write("乙.txt", *text, "")])
    entry, twin = sorted(library.documents(), key=lambda one: one.id)[-2:]
    assert (entry.counted, twin.counted) == (True, False)
    library.count(entry.id, False)
    assert kinds(library) == [(True, 66), (False, 6)]
    assert len(library.store) == 66
    library.count(entry.id, True)
    assert kinds(library) == [(True, 66)]
    assert len(library.store) == 66
    assert library.verify() == []


def test_others_add_and_remove_while_lists_are_made(
    library: Library, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is trained shows an older state; what changed since is not lost."""
    training, go_on = threading.Event(), threading.Event()

    def wait_there() -> None:
        training.set()
        assert go_on.wait(60)

    pause_training(monkeypatch, wait_there)
    library.sync([report(write, number) for number in range(5)])
    assert training.wait(60)
    with Library.open(library.folder, CountingEncoder(), settings) as second:
        second._settling.begin = lambda: None  # type: ignore[method-assign]
        second.sync([report(write, 8, 4)])
        second.remove([2])
        assert finds(second, "第8份材料的第1件事办结。")
    library.refresh()
    assert finds(library, "第8份材料的第1件事办结。")
    go_on.set()
    library._settling.wait()
    library.refresh()
    assert kinds(library) == [(True, 100), (False, 4)]
    assert len(library.store) == 84
    assert finds(library, "第8份材料的第1件事办结。")
    assert not finds(library, "第1份材料的第1件事办结。")
    assert library.verify() == []


def test_what_was_trained_of_parts_that_are_gone_is_let_go(
    library: Library, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause_training(monkeypatch, lambda: None)
    library._settling.begin = lambda: None  # type: ignore[method-assign]
    library.sync([report(write, number) for number in range(5)])

    def renewed() -> None:
        library._shadow.publish(anew=True)

    pause_training(monkeypatch, renewed)
    assert not library._shadow.settle(library._writer)
    assert kinds(library) == [(False, 100)]
    pause_training(monkeypatch, lambda: None)
    assert library._shadow.settle(library._writer)
    assert kinds(library) == [(True, 100)]
    assert not library._shadow.settle(library._writer)


def test_training_that_is_stopped_changes_nothing_and_begins_again(
    library: Library, write: Write
) -> None:
    library._settling.begin = lambda: None  # type: ignore[method-assign]
    library.sync([report(write, number) for number in range(5)])
    with pytest.raises(Stopped):
        library._shadow.settle(library._writer, lambda: True)
    assert kinds(library) == [(False, 100)]
    assert library._shadow.settle(library._writer)


def test_a_writer_that_does_not_end_is_waited_for_and_then_left_alone(
    library: Library, write: Write, settings: Settings
) -> None:
    library._settling.begin = lambda: None  # type: ignore[method-assign]
    library.sync([report(write, number) for number in range(5)])
    with Library.open(library.folder, CountingEncoder(), settings, patience=0.1) as second:
        done = threading.Event()
        holding = threading.Event()

        def hold() -> None:
            with library._writer.hold("长时间写入"):
                holding.set()
                done.wait(60)

        thread = threading.Thread(target=hold)
        thread.start()
        assert holding.wait(60)
        with pytest.raises(LibraryBusy):
            second._shadow.settle(second._writer)
        second._settling.begin()
        second._settling.wait()  # says nothing: what is published goes on answering
        done.set()
        thread.join()
    assert kinds(library) == [(False, 100)]


@pytest.mark.parametrize("name", ["lists.codes.npy", "vectors.npy", "ids.npy"])
def test_a_damaged_part_is_noticed_and_mended(
    large: Library, write: Write, name: str, encoder: CountingEncoder
) -> None:
    file = folder_of_lists(large) / name
    damaged = bytearray(file.read_bytes())
    damaged[-5] ^= 0x20
    large.close()
    file.unlink()  # not into the pages that are mapped
    file.write_bytes(damaged)
    with Library.open(large.folder, encoder, large._settings) as opened:
        assert [problem.part for problem in opened.verify()] == ["store"]
        encoded = encoder.texts
        opened.rebuild()
        opened._settling.wait()
        assert kinds(opened) == [(True, 100)]
        assert opened.verify() == []
        assert encoder.texts == encoded


def pause_training(monkeypatch: pytest.MonkeyPatch, pause: Callable[[], None]) -> None:
    described = (
        inverted._described.__wrapped__
        if hasattr(  # type: ignore[attr-defined]
            inverted._described, "__wrapped__"
        )
        else inverted._described
    )

    def paused(*arguments: object) -> object:
        pause()
        return described(*arguments)

    paused.__wrapped__ = described  # type: ignore[attr-defined]
    monkeypatch.setattr(inverted, "_described", paused)
