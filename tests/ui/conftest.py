"""A small library of invented reports for the page, and one file that means harm."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.library import Library
from index.settings import Settings
from index.ui import reviewing

CASES = Path(__file__).resolve().parent.parent / "cases" / "page"

REPORTS = {
    "青桐区/2022年党建工作总结.txt": CASES / "青桐区-2022年党建工作总结.txt",
    "云汀县/2023年工作总结.txt": CASES / "云汀县-2023年工作总结.txt",
    "灯塔.txt": CASES / "hostile.txt",
}


@pytest.fixture(autouse=True)
def nothing_begins_beside_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread that makes ready for a first review: it would outlive the library of its test."""
    monkeypatch.setattr(reviewing, "make_ready", lambda library: None)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports and with the file that means harm."""
    folder = tmp_path_factory.mktemp("资料")
    for name, case in REPORTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(case, path)
    (folder / "metadata.csv").write_text(
        "path,title,year,unit,kind\n"
        "青桐区/2022年党建工作总结.txt,青桐区水务局2022年党建工作总结,2022,青桐区水务局,工作总结\n"
        "云汀县/2023年工作总结.txt,云汀县农业农村局2023年工作总结,2023,云汀县农业农村局,工作总结\n"
        '灯塔.txt,"<b>灯塔</b>![标题](http://evil.example/t.png)",2021,'
        '"![单位](http://evil.example/unit.png)<i>局</i>",总结\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def plain_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        library=tmp_path_factory.mktemp("page") / "library",
        data_folder=tmp_path_factory.mktemp("data"),
    )


@pytest.fixture(scope="session")
def shelf(reports: Path, plain_settings: Settings) -> Iterator[Library]:
    """The reports in a library with the counting encoder: only to be read."""
    with Library.create(
        plain_settings.library, encoder=CountingEncoder(), settings=plain_settings
    ) as library:
        library.sync([reports])
        yield library
