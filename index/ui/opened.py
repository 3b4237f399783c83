"""What the pages share: the open library, its topics, and answers kept until it changes."""

from __future__ import annotations

import atexit
import gc
from functools import cache
from typing import Literal

import streamlit as st

from index.datatypes import Filters, Hit, SearchMode
from index.errors import LibraryNotFound
from index.library import Library, Status
from index.retrieval import search, similar
from index.settings import Settings
from index.topics import TopicIndex
from index.ui.following import Follower
from index.ui.work import Desk


def settings() -> Settings:
    """The settings of this run, read anew: another library is another `Library` below."""
    return Settings.load()


@st.cache_resource(max_entries=4, show_spinner="正在打开资料库…")
def _library(chosen: Settings) -> Library:
    try:
        return Library.open(chosen.library, settings=chosen)
    except LibraryNotFound:
        return Library.create(chosen.library, settings=chosen)


def library() -> Library:
    """The library of the settings, one for all sessions. Where there is none, an empty one is made.

    An empty library costs nothing and the page says what to put into it and where it lies, so
    nobody has to press a button for it.
    """
    opened = _library(settings())
    opened.refresh()
    return opened


@st.cache_resource
def desk() -> Desk:
    """One for the whole server: there is one library, and it has one writer."""
    return Desk()


@st.cache_resource
def _follower(folder: str, _library: Library, _desk: Desk) -> Follower:
    follower = Follower(_library, _desk.turn)
    atexit.register(follower.stop)
    return follower


def follower(shelf: Library) -> Follower:
    """What follows the watched folders: one for the library, whoever looks at the page."""
    return _follower(str(shelf.folder), shelf, desk())


def follow() -> None:
    """Begin to follow the watched folders, unless this server does already."""
    shelf = library()
    follower(shelf).start()


State = tuple[str, int, int]


def _state(shelf: Library) -> State:
    """What answers depend on besides the question: the key of every cache below."""
    own = shelf.taxonomy_file
    changed = own.stat().st_mtime_ns if own.is_file() else 0
    return str(shelf.folder), shelf.version, changed


def wording_state(shelf: Library) -> State:
    """What a comparison of wording depends on: the documents, and the list of set phrases."""
    own = shelf.formulas_file
    changed = own.stat().st_mtime_ns if own.is_file() else 0
    return str(shelf.folder), shelf.version, changed


@st.cache_data(max_entries=8, show_spinner=False)
def _status(_library: Library, state: State) -> Status:
    return _library.status()


def status(shelf: Library) -> Status:
    """What the library holds, in numbers."""
    return _status(shelf, _state(shelf))


@st.cache_data(max_entries=256, show_spinner="正在查找…")
def _found(
    _library: Library, state: State, query: str, mode: SearchMode, filters: Filters, k: int
) -> list[Hit]:
    hits = search(_library, query, k=k, mode=mode, filters=filters)
    settle_down("search")
    return hits


@cache
def settle_down(loaded: str) -> None:
    """Take what the first search or a page has just `loaded` out of the garbage collector's sight,
    once for each.

    Streamlit collects after every run of a page. With a model, a library and their packages in the
    process that looked through so many objects that it was half the work of a search: 0.20 s of the
    processor instead of 0.10, and half as many searches a second when several people search.
    Without collecting (runner.postScriptGC) memory stood 300 MB higher after some hundred searches.
    """
    gc.collect()
    gc.freeze()


def found(shelf: Library, query: str, mode: SearchMode, filters: Filters, k: int) -> list[Hit]:
    """The best k paragraphs for a query."""
    return _found(shelf, _state(shelf), query, mode, filters, k)


@st.cache_data(max_entries=256, show_spinner="正在查找相似的段落…")
def _alike(
    _library: Library, state: State, paragraph_id: int, filters: Filters, k: int
) -> list[Hit]:
    return similar(_library, paragraph_id, k=k, filters=filters)


def alike(shelf: Library, paragraph_id: int, filters: Filters, k: int) -> list[Hit]:
    """The best k paragraphs like one of the library."""
    return _alike(shelf, _state(shelf), paragraph_id, filters, k)


@st.cache_data(max_entries=16, show_spinner="正在给段落分专题，资料多的时候要等十几秒…")
def _spread(
    _library: Library, state: State, by: Literal["year", "unit"]
) -> list[tuple[str, str, int]]:
    return TopicIndex.of(_library).table(by=by)


def spread(shelf: Library, by: Literal["year", "unit"]) -> list[tuple[str, str, int]]:
    """(topic, year or unit, paragraphs) of the whole library."""
    return _spread(shelf, _state(shelf), by)
