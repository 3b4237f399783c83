"""What the names of a file and its folders say."""

from __future__ import annotations

import re
from pathlib import PurePath

from index.metadata.years import year_in_name


def stem(path: str) -> str:
    """The file's name without its suffix; `path` may have backslashes."""
    return PurePath(path.replace("\\", "/")).stem


def folders(path: str) -> list[str]:
    """The names of the folders that hold the file, the nearest first, without numbers and years.

    >>> folders("/资料/03_青禾市/2023年材料/a.txt")
    ['材料', '青禾市', '资料']
    """
    parts = reversed(PurePath(path.replace("\\", "/")).parts[:-1])
    cleaned = (
        re.sub(r"^[\d\s_.\-、（）()]*(?:年度?)?|[\s_\-]*\d*年?$", "", part) for part in parts
    )
    return [part for part in cleaned if re.search("[一-鿿]", part)]


def stem_title(name: str) -> str:
    """A file's name as a title: without its leading number and trailing marks of a draft."""
    text = re.sub(r"^[\d\s_.\-、（）()]{1,6}(?=[一-鿿])(?!年)", "", name)
    text = re.sub(r"[\s_\-]*(?:副本|copy|终稿|定稿|最终版?|修改稿?|\(\d+\)|（\d+）)+$", "", text)
    return text.strip(" _-") or name


def folder_year(path: str) -> int | None:
    """A year in the nearest folder's name that has one."""
    for part in reversed(PurePath(path.replace("\\", "/")).parts[:-1]):
        if (year := year_in_name(part)) is not None:
            return year
    return None
