"""What a comparison with a library says of itself: what it could not see, how it was made."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

from index.alignment import SHORTEST_RUN
from index.formulas import read_phrases, shipped, shipped_phrases
from index.formulas.background import THRESHOLD
from index.formulas.units import UNITS
from index.library.answers import Answers


def unseen_files(library: Answers) -> Iterator[str]:
    """Sentences about files that are not, or not wholly, in the library."""
    unread, waiting, partly = library.failures(), library.held(), library.partly_read()
    if unread:
        yield f"资料库有 {len(unread)} 个文件没能读入，不在比对之内。"
    if waiting:
        yield f"资料库有 {len(waiting)} 个文件等待确认，不在比对之内。"
    if partly:
        yield f"资料库有 {len(partly)} 个文件没有读全（例如扫描页），没读的部分不在比对之内。"


def how_compared(library: Answers, documents: str, shortest: str = "") -> dict[str, str]:
    """Name -> value, in the words of the page. `documents`: how many; `shortest`: what is said
    besides of the shortest run."""
    return {
        "资料库": library_name(Path(library.folder)),
        "文档": documents,
        "最短的相同文字": f"连续 {SHORTEST_RUN} 个字（不看标点和空格）{shortest}",
        "固定表述": how_prescribed(library),
        "版本": _version(),
    }


def library_name(folder: Path) -> str:
    """What a report calls the library: the last part of its folder. A report is handed on, and
    where a library lies is the office's own matter.

    >>> library_name(Path("/资料/水务局总结")), library_name(Path("/home/x/library"))
    ('水务局总结', '默认资料库')
    """
    name = folder.absolute().name
    # where no other folder is named (`settings.Settings.library`)
    return "默认资料库" if name == "library" else name


def _version() -> str:
    try:
        return metadata.version("xunzhang")
    except metadata.PackageNotFoundError:  # run from a plain checkout
        project = Path(str(resources.files("index"))).parent / "pyproject.toml"
        if not project.is_file():
            return "不详"
        with project.open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])


def how_prescribed(library: Answers) -> str:
    """By which three witnesses wording is called prescribed, in one sentence."""
    added = len(read_phrases(library.formulas()))
    return (
        f"清单 {len(shipped_phrases())} 条，本资料库另加 {added} 条；"
        f"{shipped().documents} 份公开文件里至少 {THRESHOLD} 份有的；"
        f"资料库里至少 {UNITS} 个无关单位有的"
    )
