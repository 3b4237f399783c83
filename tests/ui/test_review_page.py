"""审稿 without a browser: drafts in, figures and findings out, marks that are remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from index.embedding.testing import CountingEncoder
from index.errors import LibraryError
from index.library import Library
from index.settings import Settings
from index.ui import opened, reader

SECONDS = 60
CASES = Path(__file__).resolve().parent.parent / "cases" / "desk"
HELD = CASES / "石笕县水务局2022年工作总结.txt"
DRAFT = CASES / "青溪区水务局2023年工作总结.txt"
OTHER = CASES / "苇塘区水务局2023年工作总结.txt"

OWN = "驻站的老葛把六根水尺逐一刷上新漆，又在闸房门口钉了一块记事板。"

# Compared characters, as tests/review counts them: a paragraph of 50 with 13 prescribed ones, one
# of 33 with other figures, one of 49; of 208 in all.
WITHOUT = f"{(50 - 13 + 33 + 49) / 208:.1%}"
WITH = f"{(50 + 33 + 49) / 208:.1%}"


def page() -> None:
    from index.ui import review_page

    review_page.show()


def text_of(app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", each.proto.body)) for each in app.get("html"))


def figure(app: AppTest) -> str:
    """去固定表述后重合, as the page says it."""
    found = re.search(r"(?:去固定表述后重合|连固定表述的重合)\s+(\S+%)", text_of(app))
    assert found is not None, text_of(app)
    return found[1]


@pytest.fixture
def own(
    tmp_path: Path, plain_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Library]:
    with Library.create(
        tmp_path / "library", encoder=CountingEncoder(), settings=plain_settings
    ) as library:
        monkeypatch.setattr(opened, "library", lambda: library)
        yield library


@pytest.fixture
def filled(own: Library) -> Library:
    own.sync([HELD])
    return own


@pytest.fixture
def app(own: Library) -> AppTest:
    return AppTest.from_function(page, default_timeout=SECONDS)


def give(app: AppTest, *paths: Path) -> None:
    app.run()
    app.file_uploader(key="review-files").set_value(
        [(path.name, path.read_bytes(), "text/plain") for path in paths]
    ).run()
    app.button(key="review-go").click().run()
    assert not app.exception


def name_oneself(app: AppTest, name: str) -> None:
    [field] = [one for one in app.text_input if str(one.key).startswith("name-")]
    field.set_value(name).run()


def mark(app: AppTest, kind: str) -> None:
    [pills] = [one for one in app.button_group if str(one.key).startswith("mark-")]
    pills.set_value(kind).run()
    assert not app.exception


def test_an_empty_library_says_what_to_do(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "资料库还是空的" in text_of(app)


@pytest.mark.usefixtures("filled")
def test_nothing_given_is_said_so(app: AppTest) -> None:
    app.run()
    assert app.button(key="review-go").disabled, "a click before the file has come is not lost"
    app.button_group(key="review-way").set_value("粘贴文字").run()
    assert not app.button(key="review-go").disabled
    app.button(key="review-go").click().run()
    assert "先把稿子粘贴进来。" in text_of(app)


@pytest.mark.usefixtures("filled")
def test_a_draft_is_read_and_its_figures_are_right(app: AppTest) -> None:
    give(app, DRAFT)
    assert "青溪区水务局2023年工作总结" in text_of(app)
    assert figure(app) == WITHOUT
    assert app.text_input(key="unit-of-1-0").value == "青溪区水务局"
    assert app.number_input(key="year-of-1-0").value == 2023
    assert "只与资料库里的 1 篇文档比对" in text_of(app)
    assert "第 1 处，共 3 处" in text_of(app)
    assert "《石笕县水务局2022年工作总结》 石笕县水务局 2022年 第3段" in text_of(app)


@pytest.mark.usefixtures("filled")
def test_the_switches_count_again(app: AppTest) -> None:
    give(app, DRAFT)
    app.toggle(key="count-prescribed").set_value(True).run()
    assert figure(app) == WITH
    assert "连固定表述的重合" in text_of(app), "the name says what is in it"
    app.toggle(key="count-prescribed").set_value(False).run()
    assert figure(app) == WITHOUT
    [source] = [one for one in app.checkbox if str(one.key).startswith("counts-")]
    source.set_value(False).run()
    assert figure(app) == "0%"
    assert "现在不计入" in text_of(app)
    [source] = [one for one in app.checkbox if str(one.key).startswith("counts-")]
    source.set_value(True).run()
    assert figure(app) == WITHOUT


@pytest.mark.usefixtures("filled")
def test_own_past_is_told_apart_once_the_unit_is_right(app: AppTest) -> None:
    give(app, DRAFT)
    app.text_input(key="unit-of-1-0").set_value("石笕县水务局").run()
    assert not app.exception
    assert re.search(rf"沿用本单位往年\s+{WITHOUT}", text_of(app))
    app.toggle(key="count-own-past").set_value(False).run()
    assert figure(app) == "0%"


@pytest.mark.usefixtures("filled")
def test_one_finding_after_the_other(app: AppTest) -> None:
    give(app, DRAFT)
    assert app.button(key="previous").disabled
    app.button(key="next").click().run()
    assert "第 2 处，共 3 处" in text_of(app)
    assert re.search(r"数字\s*这里是\s+15\s*，来源是\s+12", text_of(app))
    app.button(key="next").click().run()
    assert "第 3 处，共 3 处" in text_of(app)
    assert app.button(key="next").disabled


@pytest.mark.usefixtures("filled")
def test_findings_are_put_in_order_and_narrowed_to_a_source(
    app: AppTest, own: Library, tmp_path: Path
) -> None:
    lines = DRAFT.read_text(encoding="utf-8").splitlines()
    other = tmp_path / "别的.txt"
    other.write_text(f"松岭县水务局2021年总结\n{OWN}\n", encoding="utf-8")
    own.sync([other])
    draft = tmp_path / "稿子.txt"
    draft.write_text("\n".join([*lines, OWN]), encoding="utf-8")
    give(app, draft)
    assert "第 1 处，共 4 处" in text_of(app)
    [order] = [one for one in app.selectbox if str(one.key).startswith("order-")]
    order.set_value("length").run()
    assert not app.exception
    assert "第 1 处，共 4 处" in text_of(app)
    assert "50 字" in text_of(app), "the longest, which stands first in the draft too"
    app.button(key="next").click().run()
    assert "49 字" in text_of(app), "the second longest stands last but one"
    [only] = [one for one in app.selectbox if str(one.key).startswith("of-source-")]
    assert [option[:3] for option in only.options] == ["3 处", "1 处"]
    only.select_index(1).run()
    assert not app.exception
    assert "第 1 处，共 1 处" in text_of(app)
    assert "《松岭县水务局2021年总结》" in text_of(app)


@pytest.mark.usefixtures("filled")
def test_a_draft_that_the_library_holds_is_said_to_be_held(app: AppTest) -> None:
    give(app, HELD)
    assert "资料库里已经有 1 份和这份稿子一字不差的材料" in text_of(app)
    assert "除了上面说的那份一字不差的材料，没有找到别的重合文字" in text_of(app)


@pytest.mark.usefixtures("filled")
def test_where_nothing_counts_it_is_said_why(app: AppTest, tmp_path: Path) -> None:
    new = tmp_path / "新稿.txt"
    new.write_text(f"松岭县水务局2023年总结\n{OWN}\n", encoding="utf-8")
    give(app, new)
    assert "没有找到和资料库重合的文字。" in text_of(app)
    assert "一字不差" not in text_of(app)


@pytest.mark.usefixtures("filled")
def test_what_the_switches_leave_out_is_no_lack_of_findings(app: AppTest) -> None:
    give(app, DRAFT)
    for source in [one for one in app.checkbox if str(one.key).startswith("counts-")]:
        source.set_value(False).run()
    assert "没有计入" in text_of(app)


@pytest.mark.usefixtures("filled")
def test_a_leftover_is_shown_with_its_reason(app: AppTest) -> None:
    give(app, DRAFT)
    [view] = [one for one in app.button_group if str(one.key).startswith("found-view-")]
    view.set_value("leftovers").run()
    assert len([one for one in app.text_input if str(one.key).startswith("name-")]) == 1
    assert "“石笕县”是《石笕县水务局2022年工作总结》" in text_of(app)


def test_a_mark_is_kept_with_its_author_and_found_again(app: AppTest, filled: Library) -> None:
    give(app, DRAFT)
    name_oneself(app, "李<工>")
    mark(app, "usual")
    assert re.search(r"已记下：正常沿用\s+李<工>", text_of(app))
    [note] = [one for one in app.text_input if str(one.key).startswith("note-")]
    note.set_value("每年都这样写").run()
    assert "每年都这样写" in text_of(app)
    again = AppTest.from_function(page, default_timeout=SECONDS)
    give(again, DRAFT)
    assert re.search(r"已记下：正常沿用\s+李<工>.*每年都这样写", text_of(again))
    with filled._catalogue.database.transaction():
        assert filled._catalogue.database.value("SELECT count(*) FROM decision") == 2


@pytest.mark.usefixtures("filled")
def test_the_same_wording_in_another_draft_is_offered(app: AppTest) -> None:
    give(app, DRAFT)
    name_oneself(app, "李工")
    mark(app, "required")
    later = AppTest.from_function(page, default_timeout=SECONDS)
    later.run()
    [way] = [one for one in later.button_group if one.key == "review-way"]
    way.set_value("粘贴文字").run()
    text = DRAFT.read_text(encoding="utf-8") + "最后新写一段谁也没有写过的话。"
    later.text_area(key="review-text").set_value(text)
    later.button(key="review-go").click().run()
    assert "同样的文字以前标过（《青溪区水务局2023年工作总结》）：模板要求" in text_of(later)
    name_oneself(later, "周工")
    [again] = [one for one in later.button if str(one.key).startswith("again-")]
    again.click().run()
    assert not later.exception
    assert re.search(r"已记下：模板要求\s+周工", text_of(later))


def test_a_phrase_becomes_prescribed_at_once(app: AppTest, filled: Library) -> None:
    give(app, DRAFT)
    for _ in range(2):
        app.button(key="next").click().run()
    [phrase] = [one for one in app.text_area if str(one.key).startswith("phrase-")]
    phrase.set_value("短话").run()
    app.button(key="add-phrase").click().run()
    assert "太短了" in text_of(app)
    [phrase] = [one for one in app.text_area if str(one.key).startswith("phrase-")]
    phrase.set_value("钥匙和值班表一并上墙").run()
    app.button(key="add-phrase").click().run()
    assert not app.exception
    assert "钥匙和值班表一并上墙" in filled.formulas()
    assert figure(app) == f"{(50 - 13 + 33 + 49 - 10) / 208:.1%}"


@pytest.mark.usefixtures("filled")
def test_several_drafts_and_one_that_cannot_be_read(app: AppTest, tmp_path: Path) -> None:
    broken = tmp_path / "坏<b>.docx"
    broken.write_bytes(b"PK\x03\x04 no zip")
    give(app, DRAFT, broken, OTHER)
    assert "一批 2 份稿子" in text_of(app)
    assert "坏_b_.docx：" in text_of(app), "named, and the others are compared"
    table = app.dataframe[0].value
    assert list(table["单位"]) == ["青溪区水务局", "苇塘区水务局"]
    assert table["去固定表述后"].iloc[1] == pytest.approx(100 * 46 / 111)
    assert table["同批里最像的"].iloc[1].startswith(f"{46 / 111:.1%} 1 青溪区水务局")
    assert list(table["忘改"]) == [1, 0]


@pytest.mark.usefixtures("filled")
def test_a_document_of_the_library_is_no_source_of_itself(app: AppTest) -> None:
    app.run()
    [way] = [one for one in app.button_group if one.key == "review-way"]
    way.set_value("资料库里的一份").run()
    assert app.selectbox(key="review-held").options == [
        "石笕县水务局2022年工作总结　石笕县水务局　2022年"
    ]
    app.selectbox(key="review-held").select_index(0).run()
    app.button(key="review-go").click().run()
    assert not app.exception
    assert figure(app) == "0%"
    assert "就是这份稿子，没有算作来源" in text_of(app)
    assert "没有找到和资料库重合的文字" in text_of(app)
    assert "一字不差" not in text_of(app), "that it is the same as itself is no news"


def test_documents_of_one_name_are_told_apart(app: AppTest, own: Library, tmp_path: Path) -> None:
    text = "云溪局2022年工作总结\n沿河两岸的树都挂上了名牌。\n"
    for number, more in enumerate(("春天补种了柳树。", "秋天修了三座木桥。")):
        path = tmp_path / str(number) / "总结.txt"
        path.parent.mkdir()
        path.write_text(text + more, encoding="utf-8")
        own.sync([path])
    app.run()
    [way] = [one for one in app.button_group if one.key == "review-way"]
    way.set_value("资料库里的一份").run()
    options = app.selectbox(key="review-held").options
    assert [option.split("（")[1] for option in options] == ["编号 1）", "编号 2）"]
    app.selectbox(key="review-held").select_index(1).run()
    app.button(key="review-go").click().run()
    assert not app.exception
    batch = app.session_state["drafts-under-review"]
    assert batch.drafts[0].paragraphs[-1].text == "秋天修了三座木桥。"


def test_a_mark_is_kept_while_files_are_added(app: AppTest, filled: Library) -> None:
    give(app, DRAFT)
    name_oneself(app, "李工")
    with (
        Library.open(filled.folder, encoder=CountingEncoder()) as another,
        another._writer.hold("添加文件"),
    ):
        mark(app, "usual")
    assert "已记下：正常沿用" in text_of(app)


def test_a_mark_that_cannot_be_kept_now_says_so(
    app: AppTest, filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LibraryError("磁盘满了，没有记下来。")

    give(app, DRAFT)
    name_oneself(app, "李工")
    monkeypatch.setattr(reader, "decide", full)
    mark(app, "usual")
    assert "磁盘满了，没有记下来。" in text_of(app)
    assert "已记下" not in text_of(app)
