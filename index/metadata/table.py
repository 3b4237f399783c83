"""metadata.csv: what a person says of the files beside it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.datatypes import Metadata
from index.errors import ReadError

METADATA_FILE = "metadata.csv"
_COLUMNS = ("path", "title", "year", "unit", "kind", "period")


def read_metadata_csv(folder: Path) -> Mapping[Path, Metadata]:
    """The rows of `folder`/metadata.csv by absolute path; empty where there is no such file.

    UTF-8 or GB18030; columns path, title, year, unit, kind, period in any order, all but path
    optional, others ignored. Paths are relative to `folder` and may have backslashes.
    Raises ReadError naming the line that cannot be used.
    """
    file = folder / METADATA_FILE
    if not file.is_file():
        return {}
    text = _decode(file)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[Path, Metadata] = {}
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        if "path" not in header:
            raise ReadError(
                file, f"第一行应是列名，至少要有 path，可用的列有：{'、'.join(_COLUMNS)}。"
            )
        columns = {name: header.index(name) for name in _COLUMNS if name in header}
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            path, metadata = _row(file, rows.line_num, columns, row)
            found[_resolve(folder, path)] = metadata
    except csv.Error as error:
        raise ReadError(
            file, f"第 {rows.line_num} 行不是正确的 CSV（{error}），请检查引号是否成对。"
        ) from error
    return found


def _row(
    file: Path, number: int, columns: Mapping[str, int], row: Sequence[str]
) -> tuple[str, Metadata]:
    values = {
        name: row[position].strip() if position < len(row) else ""
        for name, position in columns.items()
    }
    if not values["path"]:
        raise ReadError(file, f"第 {number} 行没有写 path，请补上文件名或删除这一行。")
    year = values.get("year", "")
    if year and not re.fullmatch(r"(?:19|20)\d{2}年?", year):
        raise ReadError(file, f"第 {number} 行的 year 是“{year}”，应是四位数的年份，例如 2023。")
    return values["path"], Metadata(
        title=values.get("title", ""),
        unit=values.get("unit") or None,
        year=int(year[:4]) if year else None,
        kind=values.get("kind") or None,
        period=values.get("period") or None,
    )


def _resolve(folder: Path, path: str) -> Path:
    return (folder / path.replace("\\", "/")).resolve()


def _decode(file: Path) -> str:
    raw = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadError(file, "不是文本，请另存为 UTF-8 编码的 CSV。")
