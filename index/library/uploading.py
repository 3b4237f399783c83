"""Copies of files that came through the page: the library keeps them, so it can read them again."""

from __future__ import annotations

import os
from pathlib import Path

from index.errors import LibraryError
from index.library.layout import safe_name


def keep_upload(folder: Path, name: str, data: bytes) -> Path:
    """Write `data` under a safe form of `name`; returns where. Whole or not at all.

    The same bytes under the same name are found again; other bytes get a number: 总结（2）.docx.
    """
    folder.mkdir(exist_ok=True)
    wanted = Path(safe_name(name))
    number = 1
    path = folder / wanted
    while path.exists():
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return path
        number += 1
        path = folder / f"{wanted.stem}（{number}）{wanted.suffix}"
    private = folder / f".{path.name}.new"
    try:
        with private.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        private.replace(path)
    except OSError as error:
        private.unlink(missing_ok=True)
        raise LibraryError(
            f"上传的文件 {path.name} 保存不下来（{error.strerror}），请检查磁盘空间和权限。"
        ) from error
    return path
