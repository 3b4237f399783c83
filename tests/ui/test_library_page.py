"""资料库 without a browser: adding, failures, cleaning, removing."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from index.datatypes import Entry
from index.embedding.testing import CountingEncoder
from index.errors import LibraryBusy
from index.library import Library
from index.settings import Settings
from index.ui import library_page, opened
from index.ui.work import Desk, Work

SECONDS = 20
APP = Path(__file__).resolve().parent.parent.parent / "app.py"


def page() -> None:
    from index.ui import library_page

    library_page.show()


def text_of(app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", each.proto.body)) for each in app.get("html"))


def cards_in(app: AppTest) -> int:
    return sum('class="xz-head"' in each.proto.body for each in app.get("html"))


class PromptDesk(Desk):
    """A desk that has done the work before the page goes on."""

    def start(self, name: str, work: Work) -> bool:
        begun = super().start(name, work)
        assert self.job is not None
        assert self.job.done.wait(SECONDS)
        return begun


@pytest.fixture
def own(
    tmp_path: Path, plain_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Library]:
    """An empty library of this test alone, with a desk of its own."""
    with Library.create(
        tmp_path / "library", encoder=CountingEncoder(), settings=plain_settings
    ) as library:
        desk = Desk()
        monkeypatch.setattr(opened, "library", lambda: library)
        monkeypatch.setattr(opened, "desk", lambda: desk)
        yield library
        if desk.job is not None:
            assert desk.job.done.wait(SECONDS)


@pytest.fixture
def app(own: Library) -> AppTest:
    return AppTest.from_function(page, default_timeout=SECONDS)


def finish(app: AppTest) -> None:
    """Wait for the job and look at the page again."""
    job = opened.desk().job
    assert job is not None
    assert job.done.wait(SECONDS)
    app.run()
    assert not app.exception


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def add(app: AppTest, folder: Path) -> None:
    by_place(app)
    app.text_input(key="folder-0").set_value(f"“{folder}”")
    app.button(key="add").click().run()
    finish(app)


def by_place(app: AppTest) -> None:
    app.segmented_control(key="add-way").set_value("写出位置").run()


def test_a_folder_is_added_by_its_path(app: AppTest, own: Library, reports: Path) -> None:
    app.run()
    assert "资料库还是空的" in text_of(app)
    add(app, reports)
    assert "添加资料做完了。文件：新加 3 个" in text_of(app)
    assert {entry.unit for entry in own.documents()} >= {"青桐区水务局", "云汀县农业农村局"}
    table = app.dataframe[0].value
    assert set(table["标题"]) >= {"青桐区水务局2022年党建工作总结"}
    assert list(table["年份"].sort_values()) == [2021, 2022, 2023]
    app.button(key="seen").click().run()
    assert "做完了" not in text_of(app)


def test_uploaded_files_are_kept_and_added(app: AppTest, own: Library, reports: Path) -> None:
    app.run()
    assert app.button(key="add").disabled, "no file has arrived"
    content = (reports / "云汀县/2023年工作总结.txt").read_bytes()
    app.file_uploader(key="files-0").set_value(
        [("../../2023年总结.txt", content, "text/plain"), ("a.txt", "甲。".encode(), "text/plain")]
    )
    app.text_input(key="given-unit-0").set_value("夏坪乡").run()
    app.button(key="add").click().run()
    finish(app)
    paths = {Path(entry.path) for entry in own.documents()}
    assert paths == {own.uploads_folder / "2023年总结.txt", own.uploads_folder / "a.txt"}
    assert all(entry.unit == "夏坪乡" for entry in own.documents())


def test_a_file_that_cannot_be_read_is_named_with_its_reason(
    app: AppTest, own: Library, reports: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "资料"
    shutil.copytree(reports, folder)
    (folder / "旧<b>表.doc").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    app.run()
    add(app, folder)
    assert "没能读取 1 个" in text_of(app)
    assert "有 1 个文件要看一看" in text_of(app)
    reason = own.failures()[0].reason
    app.button(key="seen").click().run()
    app.segmented_control(key="view").set_value("需要处理").run()
    assert "旧<b>表.doc" in text_of(app)
    assert reason in text_of(app)
    assert len(own.documents()) == 3
    app.button(key="drop-failed-0").click().run()
    assert "不再列出 1 个文件" in text_of(app)
    assert not own.failures()
    assert (folder / "旧<b>表.doc").exists()


HELD = """青桐区水务局2023年工作总结
一、慰问困难职工
年内走访困难职工六户，送去米面油，联系人手机号码 13912345678，家里老人看病有人陪。
"""


def test_a_file_that_is_held_back_goes_in_by_a_button(
    app: AppTest, own: Library, reports: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "资料"
    shutil.copytree(reports, folder)
    (folder / "慰问.txt").write_text(HELD, encoding="utf-8")
    app.run()
    add(app, folder)
    assert "等你决定 1 个" in text_of(app)
    app.button(key="seen").click().run()
    app.segmented_control(key="view").set_value("需要处理").run()
    assert "慰问.txt" in text_of(app)
    assert "13912345678" not in text_of(app)
    assert len(own.documents()) == 3
    app.button(key="accept-0").click().run()
    finish(app)
    assert len(own.documents()) == 4
    assert not own.held()


def test_a_folder_that_vanished_waits_until_the_person_confirms(
    app: AppTest, own: Library, reports: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "资料"
    shutil.copytree(reports, folder)
    share = folder / "共享<b>盘"
    share.mkdir()
    for number in range(5):
        (share / f"{number}.txt").write_text(f"夏坪乡总结\n修好水渠{number}里。", encoding="utf-8")
    own.sync([folder])
    app.query_params["view"] = "需要处理"
    share.rename(tmp_path / "拔掉的盘")
    own.sync([folder])
    app.run()
    assert "现在看不到" in text_of(app)
    assert "共享<b>盘" in text_of(app)
    assert "5 个文件仍保留" in text_of(app)
    (tmp_path / "拔掉的盘").rename(share)
    app.button(key="again-away-0").click().run()
    finish(app)
    assert own.away() == []
    app.button(key="seen").click().run()
    assert "现在看不到" not in text_of(app)
    shutil.rmtree(share)
    own.sync([folder])
    app.run()
    app.button(key="let-go-0").click().run()
    assert "已移除 5 份资料" in text_of(app)
    assert len(own.documents()) == 3
    assert own.away() == []


def test_a_folder_is_followed_by_a_switch(
    app: AppTest, own: Library, reports: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "资料"
    shutil.copytree(reports, folder)
    own.sync([folder])
    app.query_params["view"] = "文件夹"
    app.run()
    assert "3 个文件" in text_of(app)
    (switch,) = app.toggle
    assert (switch.label, switch.value, own.watched()) == ("自动跟进", False, [])
    follower = opened.follower(own)
    assert not follower.running
    try:
        switch.set_value(True).run()
        assert not app.exception
        assert own.watched() == [folder]
        assert follower.running
        (folder / "新.txt").write_text("夏坪乡2023年总结\n修好水渠九里。", encoding="utf-8")
        until(lambda: len(own.documents()) == 4)
        until(lambda: follower.last is not None)
        app.run()
        assert "4 个文件" in text_of(app)
        assert "文件：新加 1 个" in text_of(app)
        own.watch(folder, False)  # by somebody else
        app.run()
        assert app.toggle[0].value is False
        shutil.rmtree(folder)
        app.toggle[0].set_value(True).run()
        assert "找不到文件夹" in text_of(app)
        assert app.toggle[0].value is False
        assert own.watched() == []
    finally:
        follower.stop()
    assert not follower.running


def test_what_was_guessed_wrong_is_mended_and_stays(
    own: Library, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.sync([reports])
    first = own.documents()[0]
    monkeypatch.setattr(library_page, "_choose", lambda *_: [first])
    app = AppTest.from_function(page, default_timeout=SECONDS).run()
    app.button(key="mend").click().run()
    app.text_input(key="mend-unit").set_value("夏坪乡")
    app.number_input(key="mend-year").set_value(2019)
    app.button(key="mend-save").click().run()
    assert "改好了 1 份资料" in text_of(app)
    own.sync([reports])
    mended = own.document(first.id)
    assert (mended.unit, mended.year, mended.title) == ("夏坪乡", 2019, first.title)


def test_the_same_text_is_counted_once_unless_the_person_says_otherwise(
    app: AppTest, own: Library, tmp_path: Path
) -> None:
    text = "云汀县茶业站2022年工作总结\n一、茶园管护\n" + "".join(
        f"第{number}片茶园由站里的农技员包干，春剪秋施，茶农记账到户，亏了能查到是哪一环。"
        for number in range(1, 9)
    )
    for name in ("甲.txt", "乙.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    own.sync([tmp_path / "甲.txt"])
    own.sync([tmp_path / "乙.txt"])
    app.run()
    app.segmented_control(key="view").set_value("需要处理").run()
    assert "查找时只算一份" in text_of(app)
    twin = next(entry for entry in own.documents() if entry.twin is not None)
    assert not twin.counted
    app.button(key=f"count-{twin.id}").click().run()
    assert own.document(twin.id).counted
    assert "查找时两份都算" in text_of(app)


def test_what_cleaning_removed_is_listed(app: AppTest, own: Library, tmp_path: Path) -> None:
    (tmp_path / "网文.txt").write_text(
        "某乡工作总结\n一、开头##paidbegin##工作\n今年做了很多<i>事</i>。\n"
        "【砚边素材库】加入会员，范文任你下载\n打印 关闭 【字号：大 中 小】\n"
        "二、结尾\n明年再做。\n",
        encoding="utf-8",
    )
    own.sync([tmp_path / "网文.txt"])
    app.query_params["view"] = "清理掉的内容"
    app.run()
    assert not app.exception
    said = text_of(app)
    assert "##paidbegin##" in said
    assert "加入会员" in said
    assert "付费标记" in said


def test_a_wrong_path_is_a_sentence(app: AppTest, tmp_path: Path) -> None:
    app.run()
    by_place(app)
    app.text_input(key="folder-0").set_value(str(tmp_path / "没有"))
    app.button(key="add").click().run()
    assert "找不到" in text_of(app)
    app.text_input(key="folder-0").set_value("")
    app.button(key="add").click().run()
    assert "先写出文件或文件夹的位置" in text_of(app)
    (tmp_path / "空").mkdir()
    app.text_input(key="folder-0").set_value(str(tmp_path / "空"))
    app.button(key="add").click().run()
    assert "没有可以读取的文件" in text_of(app)


def test_another_writer_is_a_sentence(
    app: AppTest, own: Library, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: Library, *args: object, **kwargs: object) -> None:
        raise LibraryBusy("另一个窗口正在添加资料，请等它做完再试。")

    monkeypatch.setattr(Library, "sync", busy)
    app.run()
    add(app, reports)
    assert "另一个窗口正在添加资料" in text_of(app)


def test_another_model_is_explained_and_mended(
    tmp_path: Path, reports: Path, plain_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.create(
        tmp_path / "library", encoder=CountingEncoder(), settings=plain_settings
    ) as library:
        library.sync([reports])
    desk = PromptDesk()
    monkeypatch.setattr(opened, "desk", lambda: desk)
    other = CountingEncoder(dimension=32)
    with Library.open(tmp_path / "library", encoder=other, settings=plain_settings) as library:
        monkeypatch.setattr(opened, "library", lambda: library)
        app = AppTest.from_file(str(APP), default_timeout=SECONDS)
        app.query_params["q"] = "廉政教育"
        app.run()
        assert not app.exception
        assert "counting-64" in text_of(app)
        app.button(key="encode-anew").click().run()
        assert not app.exception
        assert desk.job is not None
        assert desk.job.error is None
        assert other.texts > 0
        assert "counting-64" not in text_of(app)
        assert cards_in(app)


def test_removing_asks_first(
    app: AppTest, own: Library, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.sync([reports])
    victim = next(entry for entry in own.documents() if entry.unit == "云汀县农业农村局")

    # AppTest cannot tick rows; the browser test does
    def choose(shelf: Library, shown: list[Entry]) -> list[Entry]:
        return [entry for entry in shown if entry.id == victim.id]

    monkeypatch.setattr(library_page, "_choose", choose)
    app.run()
    app.button(key="remove").click().run()
    assert victim.title in text_of(app)
    assert victim in own.documents(), "only asked so far"
    app.button(key="confirm-remove").click().run()
    assert not app.exception
    assert victim.id not in {entry.id for entry in own.documents()}
    assert "已移除 1 份资料" in text_of(app)
    assert Path(victim.path).exists(), "the person's own file stays"


def test_everything_is_read_again(
    app: AppTest, own: Library, reports: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "资料"
    shutil.copytree(reports, folder)
    own.sync([folder])
    changed = folder / "云汀县/2023年工作总结.txt"
    changed.write_text(
        changed.read_text(encoding="utf-8") + "新添一句：夜校办到了山上。\n", encoding="utf-8"
    )
    app.run()
    app.button(key="reread").click().run()
    finish(app)
    assert "更新 1 个" in text_of(app)
    assert "没有变化 2 个" in text_of(app)


def test_the_list_is_narrowed_by_words(app: AppTest, own: Library, reports: Path) -> None:
    own.sync([reports])
    app.run()
    app.text_input(key="title").set_value("农业").run()
    assert list(app.dataframe[0].value["单位"]) == ["云汀县农业农村局"]
    app.text_input(key="title").set_value("没有这个").run()
    assert "没有这样的资料" in text_of(app)
