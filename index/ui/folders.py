"""文件夹: the folders that were added, and which of them are followed by themselves."""

from __future__ import annotations

import os
import zlib
from html import escape
from pathlib import Path

import streamlit as st

from index.errors import LibraryError
from index.library import Library
from index.ui import components, opened, wording


def show(shelf: Library) -> None:
    """Each folder with how much was read from it, and a switch."""
    folders = shelf.folders()
    if not folders:
        components.say("还没有添加过文件夹。在“添加”里写出一个文件夹的位置，它就会列在这里。")
        return
    components.lead(
        "打开“自动跟进”的文件夹，里面新增、改动、改名、删除的文件会自己跟上，"
        "不用再点“重新读取”。寻章开着的时候才会跟进。"
    )
    _state(shelf)
    watched = set(shelf.watched())
    away = {Path(each.path): each.reason for each in shelf.away()}
    paths = [each.path for each in shelf.files()]
    for folder in folders:
        mark = f"{zlib.crc32(str(folder).encode()):08x}"
        files = sum(path.startswith(f"{folder}{os.sep}") for path in paths)
        with st.container(key=f"file-folder-{mark}", horizontal=True, vertical_alignment="center"):
            st.html(
                f"<b>{escape(wording.file_name(str(folder)))}</b>"
                f"<p>{escape(away.get(folder, f'{files:,} 个文件'))}</p>"
                f"<small>{escape(str(folder))}</small>"
            )
            key = f"follow-{mark}"
            st.session_state[key] = folder in watched  # another session may have changed it
            st.toggle("自动跟进", key=key, on_change=_follow, args=(shelf, folder, key))


def _state(shelf: Library) -> None:
    """What following did last, or why it cannot go on."""
    follower = opened.follower(shelf)
    if follower.error is not None:
        components.sorry(f"自动跟进停住了，一分钟后再试：{follower.error}")
    elif follower.last is not None:
        when = f"{follower.last.when:%m月%d日 %H:%M}"
        components.lead(f"最近一次跟进：{when}，{wording.synced(follower.last.result)}")


def _follow(shelf: Library, folder: Path, key: str) -> None:
    wanted = bool(st.session_state[key])
    try:
        shelf.watch(folder, wanted)
    except LibraryError as error:
        st.session_state["sorry"] = str(error)
    else:
        opened.follower(shelf).start()
