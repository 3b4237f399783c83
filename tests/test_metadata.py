"""Metadata: the table beside the files, and what a document says of itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.datatypes import Block, Document, Metadata
from index.embedding.testing import CountingEncoder
from index.errors import ReadError
from index.library import Library
from index.metadata import (
    guess,
    infer,
    kind_of,
    period_of,
    read_metadata_csv,
    title_of,
    unit_of,
    year_of,
)
from index.metadata.inference import SURE
from index.metadata.units import named
from index.paragraphs import prepare


def write(folder: Path, content: str | bytes) -> Path:
    raw = content if isinstance(content, bytes) else content.encode("utf-8")
    (folder / "metadata.csv").write_bytes(raw)
    return folder


def test_no_table(tmp_path: Path) -> None:
    assert read_metadata_csv(tmp_path) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_in_any_order(tmp_path: Path, encoding: str, end: str) -> None:
    rows = [
        "unit,备注,path,year,kind,title",
        "青禾市水务局,略,2023\\总结.txt,2023年,党建工作总结,年度总结",
        '"青禾市, 农业农村局",,./b.docx,,,"“稳产”, 保供"',
        "",
        ",,c.txt,2021,,",
    ]
    write(tmp_path, end.join(rows).encode(encoding))
    assert read_metadata_csv(tmp_path) == {
        (tmp_path / "2023" / "总结.txt").resolve(): Metadata(
            "年度总结", "青禾市水务局", 2023, "党建工作总结"
        ),
        (tmp_path / "b.docx").resolve(): Metadata("“稳产”, 保供", "青禾市, 农业农村局"),
        (tmp_path / "c.txt").resolve(): Metadata(year=2021),
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("title,year\n总结,2023\n", "第一行应是列名，至少要有 path"),
        ("path,year\na.txt,2023\nb.txt,去年\n", "第 3 行的 year 是“去年”"),
        ("path,year\na.txt,23\n", "第 2 行的 year 是“23”"),
        ("path,unit\n,水务局\n", "第 2 行没有写 path"),
        ('path,title\na.txt,"总结\n', "不是正确的 CSV"),
        ("", "第一行应是列名"),
        (b"\xff\xff\x00", "不是文本"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_metadata_csv(write(tmp_path, content))
    assert reason in caught.value.reason
    assert caught.value.path.endswith("metadata.csv")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["2023年青禾市水务局党建工作总结", "一年来，……。"], "2023年青禾市水务局党建工作总结"),
        (["水务局2023年总结", "及2024年计划", "一年来。"], "水务局2023年总结及2024年计划"),
        (["关于节水机关建设", "情况的报告", "市政府："], "关于节水机关建设情况的报告"),
        (["青禾市水务局文件", "青水发〔2023〕5号", "关于节水的通知"], "关于节水的通知"),
        (["青禾市水务局", "关于做好节水工作的通知", "各科室："], "关于做好节水工作的通知"),
        (["守护一库清水——党支部工作纪实", "近年来。"], "守护一库清水——党支部工作纪实"),
        (["水务简报 水务简报", "近日。"], "水务简报"),
        (["Annual Report on Water Services", "The year."], "Annual Report on Water Services"),
        (["2023年以来，党支部认真学习，成效明显。", "一、做法"], ""),
        (["各科室：", "现将有关事项通知如下。"], ""),
        (["一、总体情况", "全年平稳。"], ""),
        (["同志们：", "今天我们开会。"], ""),
        (["2023年12月5日", "正文。"], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_titles(lines: list[str], title: str) -> None:
    assert title_of(lines)[0] == title


def test_a_title_marked_by_the_format_wins() -> None:
    found = infer(["正文从这里开始，没有题目。"], "/x/a.docx", marked_title="青禾市水务局述职报告")
    assert found == Metadata("青禾市水务局述职报告", "青禾市水务局", None, "述职报告")


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("青禾市水务局2023年党建工作总结", "青禾市水务局"),
        ("2023年度青禾市水务局党建工作总结", "青禾市水务局"),
        ("中共青禾市水务局党组关于2023年意识形态工作情况的报告", "青禾市水务局"),
        ("青禾水利投资集团有限公司党委2022年党建工作总结", "青禾水利投资集团有限公司"),
        ("青禾市南岭街道办事处2021年工作总结", "青禾市南岭街道"),
        ("青禾市第一中学党总支工作总结", "青禾市第一中学"),
        ("青禾市人民政府关于节约用水的通知", "青禾市人民政府"),
        ("2023年青禾市政府工作报告", "青禾市人民政府"),
        ("青禾县2023年政府工作报告", "青禾县人民政府"),
        ("石桥镇政府工作报告", "石桥镇"),
        ("中共青禾县委关于巡察整改情况的通报", "青禾县委"),
        ("中共石桥镇委员会2023年党建工作总结", "石桥镇"),
        ("青禾县石桥镇人民政府2023年工作总结", "青禾县石桥镇"),
        ("青禾市第五届人民代表大会第三次会议关于水务工作的决议", "青禾市人民代表大会"),
        ("青禾水利学院教工第二党支部2023年工作总结", "青禾水利学院"),
        ("管网维护党支部2023年工作总结", "管网维护党支部"),
        ("青禾县残联2023年工作总结", "青禾县残疾人联合会"),
        ("青禾市第三中学食堂设备清单", "青禾市第三中学"),
        ("青禾市水务局召开节水工作推进会", "青禾市水务局"),
        ("关于印发《青禾市水务局值班制度》的通知", "青禾市水务局"),
        ("国务院关于加强节约用水工作的意见", "国务院"),
        ("宣传部2023年工作总结", None),
        ("节水型城市布局工作报告", None),
        ("青禾市中小学工作总结", None),
        ("市领导视察县供水站", None),
        ("中华人民共和国国务院公报", None),
        ("2022年市局工会工作总结及2023年工会工作计划", None),
        ("2021年XXXX党支部学习工作总结", None),
        ("某局2023年工作总结", None),
        ("机关党支部2023年工作总结", None),
        ("我局2023年工作总结", None),
        ("2022年青年骨干培训工作总结", None),
        ("关于加强机关党委建设的意见", None),
        ("学校下半年支部学习总结", None),
    ],
)
def test_units(title: str, unit: str | None) -> None:
    assert unit_of(title) == unit


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2023年水厂党建小结，附2024年打算", 2023),
        ("二〇二三年度述职报告", 2023),
        ("二○二一年工作总结", 2021),
        ("二零二二年工作总结", 2022),
        ("水务局2022年度工作总结", 2022),
        ("“十四五”规划（2021—2025年）", 2021),
        ("水务局2023党建工作总结", 2023),
        ("20xx年工作总结", None),
        ("XX年工作总结", None),
        ("办字1998号", None),
        ("电话02312345678", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    assert year_of(text) == year


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("南岭水厂党建工作总结和来年党建工作计划", "党建工作总结"),
        ("党支部书记抓基层党建述职报告", "述职报告"),
        ("2024年党建工作要点", "党建工作要点"),
        ("青禾市政府工作报告", "政府工作报告"),
        ("党校工作报告", "工作报告"),
        ("关于印发《节水行动实施方案》的通知", "通知"),
        ("在全市水务工作会议上的讲话", "讲话"),
        ("节水管理办法（试行）", "管理办法"),
        ("南岭水库的春天", None),
        ("通知书发放情况一览", None),
    ],
)
def test_kinds(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_the_signature_says_who_and_when() -> None:
    lines = ["党建工作总结", "全年工作平稳有序。", "青禾市水务局党支部", "2022年12月20日"]
    assert infer(lines, "/x/a.txt") == Metadata(
        "党建工作总结", "青禾市水务局", 2022, "党建工作总结"
    )


def test_the_lines_under_the_title_say_who_and_when() -> None:
    lines = ["党建工作总结", "青禾市水务局", "（2021年12月20日）", "全年工作平稳有序。"]
    assert infer(lines, "/x/a.txt") == Metadata(
        "党建工作总结", "青禾市水务局", 2021, "党建工作总结"
    )


def test_the_first_paragraph_says_kind_and_year() -> None:
    lines = ["2023年以来，我支部高质量完成任务。现将党建工作总结如下：", "一、做法"]
    assert infer(lines, "/x/000_efa1.txt") == Metadata("000_efa1", None, 2023, "党建工作总结")


def test_a_year_of_history_is_not_the_documents() -> None:
    assert infer(["守护一库清水", "1998年，特大洪水袭来，村民记忆犹新。"], "/x/a.txt").year is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/资料/2023/水务局党建总结.txt", Metadata("水务局党建总结", "水务局", 2023, "党建总结")),
        ("C:\\资料\\2021年\\总结.docx", Metadata("总结", None, 2021, "总结")),
        (
            "/资料/03_青禾市水务局2022年工作总结.docx",
            Metadata("青禾市水务局2022年工作总结", "青禾市水务局", 2022, "工作总结"),
        ),
        ("/资料/a.txt", Metadata("a")),
        ("/mnt/disk2023x/a1b2023c.txt", Metadata("a1b2023c")),
    ],
)  # fmt: skip
def test_the_path_comes_last(path: str, expected: Metadata) -> None:
    assert infer(["各科室：", "正文没有说明。"], path) == expected


@given(st.lists(st.text(max_size=50), max_size=6), st.text(max_size=30), st.text(max_size=20))
def test_anything_goes(lines: list[str], path: str, marked: str) -> None:
    found = infer(lines, path, marked_title=marked)
    assert found.year is None or 1900 <= found.year <= 2099
    assert found.unit is None or found.unit.strip()


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("青禾市水务局2023年上半年工作总结及下半年工作计划", "上半年"),
        ("水务局2023年度总结及2024年上半年工作计划", None),
        ("2023年第一季度党建工作总结", "第一季度"),
        ("2023年3季度小结", "第三季度"),
        ("2023年前三季度工作总结", "前三季度"),
        ("2023年1－9月工作总结", "1—9月"),
        ("2023年1月至11月工作汇报", "1—11月"),
        ("2021—2023年三年工作总结", "2021—2023年"),
        ("2021年至2023年工作总结", "2021—2023年"),
        ("2023年半年工作总结", "上半年"),
        ("2023年6月份工作总结", "6月"),
        ("2023年党建工作总结", None),
        ("2023年9-1月工作总结", None),
        ("2023年12月5日会议纪要", None),
        ("2023—2021年工作总结", None),
    ],
)
def test_periods(text: str, period: str | None) -> None:
    assert period_of(text) == period


def origins(lines: list[str], path: str = "/x/a.txt") -> dict[str, str]:
    return {origin.field: origin.where for origin in guess(lines, path).origins}


def test_where_each_value_was_found() -> None:
    assert origins(["青禾市水务局2023年上半年党建工作总结", "正文。"]) == dict.fromkeys(
        ("title", "unit", "year", "kind", "period"), "title"
    )
    head = [
        "青禾市水务局文件",
        "青水发〔2023〕5号",
        "关于做好节水工作的通知",
        "各科室：",
        "做好节水。",
    ]
    assert origins(head) == {
        "title": "title", "unit": "letterhead", "year": "letterhead", "kind": "title"
    }  # fmt: skip
    assert origins(["党建工作总结", "正文。", "青禾市水务局", "2023年12月5日"]) == {
        "title": "title", "unit": "signature", "year": "signature", "kind": "title"
    }  # fmt: skip
    opening = ["工作总结", "2023年上半年，我局认真学习。"]
    assert origins(opening) == {
        "title": "title", "year": "opening", "kind": "title", "period": "opening"
    }  # fmt: skip
    assert origins(["正文没有题目。"], "/x/2021年材料/青禾市水务局上半年党建工作总结.txt") == {
        "title": "file name", "unit": "file name", "year": "folder", "kind": "file name",
        "period": "file name",
    }  # fmt: skip


def test_a_table_gives_the_period(tmp_path: Path) -> None:
    write(tmp_path, "path,period\na.txt,上半年\n")
    assert list(read_metadata_csv(tmp_path).values()) == [Metadata(period="上半年")]


def test_of_several_signers_the_first_leads() -> None:
    lines = [
        "关于做好节水工作的通知", "各科室要抓好落实。", "青禾市水务局", "青禾市财政局",
        "2023年12月5日",
    ]  # fmt: skip
    assert infer(lines, "/x/a.txt").unit == "青禾市水务局"


def test_what_is_passed_on_is_not_by_its_author() -> None:
    lines = ["转发关于节水工作意见的通知", "现予转发。", "青禾市水务局", "2023年12月5日"]
    assert infer(lines, "/x/a.txt").unit is None


def test_the_unit_above_the_title() -> None:
    lines = ["青禾市水务局", "2023年度工作总结", "二〇二三年十二月", "全年工作平稳有序。"]
    found = guess(lines, "/x/a.txt")
    assert found.metadata.unit == "青禾市水务局"
    assert ("unit", "letterhead") in {(o.field, o.where) for o in found.origins}


def test_a_deleted_year_is_none_and_hides_no_unit() -> None:
    found = infer(["青禾市水务局20上半年工作总结", "20上半年，我局抓节水。"], "/x/a.txt")
    assert (found.unit, found.year, found.period) == ("青禾市水务局", None, "上半年")


def test_a_kind_in_traditional_characters() -> None:
    assert kind_of("青禾市水務局年度工作總結") == "工作总结"


def where_and_unit(lines: list[str], path: str = "/x/a.txt") -> tuple[str, str] | None:
    found = guess(lines, path)
    places = [origin.where for origin in found.origins if origin.field == "unit"]
    return (places[0], str(found.metadata.unit)) if places else None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                "政府工作报告",
                "——在青禾市第九届人民代表大会上",
                "各位代表：",
                "下面我代表市人民政府，报告供水。",
            ],
            ("opening", "青禾市人民政府"),
        ),
        (
            [
                "年度述职报告",
                "青禾市水务局党组书记、局长 甘小渠",
                "一年来，我抓供水。",
                "以上是我的述职。",
            ],
            ("signature", "青禾市水务局"),
        ),
        (
            ["年度述职报告", "我是青禾市第二中学党总支书记，负责校园节水。", "二、不足"],
            ("opening", "青禾市第二中学"),
        ),
        (
            ["一年来，南岭灌区管理处在市水务局的领导下，抓好放水。", "一、做法"],
            ("opening", "南岭灌区管理处"),
        ),
        (
            ["学区党支部2023年工作总结", "一、基本情况 南岭学区党支部，现有党员十人。"],
            ("opening", "南岭学区"),
        ),
        (
            [
                "供水管理办法的通知",
                "现印发给你们。",
                "青禾市水务局",
                "2023年5月4日",
                "供水管理办法",
                "第一条 略。",
                "青禾市财政局",
                "2023年1月2日",
            ],
            ("signature", "青禾市水务局"),
        ),
        (
            ["巡查制度", "每日巡查。", "青 禾 市 水 务 局", "二〇二三年五月四日"],
            ("signature", "青禾市水务局"),
        ),
        (["巡查制度", "每日巡查。", "青禾市水务局 2023年5月4日"], ("signature", "青禾市水务局")),
        (["巡查制度", "填报单位：青禾市水务局", "每日巡查。"], ("signature", "青禾市水务局")),
        (["水库研学活动纪实-青禾大学", "同学们走上大坝。"], ("title", "青禾大学")),
        (
            [
                "青禾市节水条例",
                "2023年5月4日 青禾市第九届人民代表大会常务委员会第二次会议通过",
                "第一条 略。",
            ],
            ("signature", "青禾市人民代表大会常务委员会"),
        ),
        (["水利快讯", "新开的供水站", "大家排队接水。"], None),
        (["工作总结", "根据市教育局的部署，我校抓节水。", "一、做法"], None),
    ],
)
def test_who_speaks(lines: list[str], expected: tuple[str, str] | None) -> None:
    assert where_and_unit(lines) == expected


def test_a_folder_names_the_unit_unless_the_text_speaks_of_another_kind() -> None:
    path = "/资料/03_青禾市教育局/2023年/总结.txt"
    assert where_and_unit(["工作总结", "一年来，我局抓节水。"], path) == ("folder", "青禾市教育局")
    assert where_and_unit(["工作总结", "一年来，我校抓节水。"], path) is None


@pytest.mark.parametrize(
    ("title", "folder", "unit"),
    [
        ("石桥镇2023年工作总结", "青禾县", "青禾县石桥镇"),
        ("水务局2023年工作总结", "青禾市", "青禾市水务局"),
        ("南岭区水务局2023年工作总结", "青禾市", "南岭区水务局"),
        ("青禾水务集团2023年工作总结", "青禾市", "青禾水务集团"),
        ("北京水利大学2023年工作总结", "青禾市", "北京水利大学"),
        ("水务局2023年工作总结", "市直", "水务局"),
    ],
)
def test_a_folder_names_the_place(title: str, folder: str, unit: str) -> None:
    assert infer([title, "正文。"], f"/资料/{folder}/a.txt").unit == unit


def test_the_signature_has_the_full_name() -> None:
    lines = ["石桥镇2023年工作总结", "正文。", "中共青禾县石桥镇委员会", "2023年12月5日"]
    assert where_and_unit(lines) == ("title", "青禾县石桥镇")


@pytest.mark.parametrize(
    ("title", "date", "year"),
    [
        ("党建工作总结", "2024年1月5日", 2023),
        ("述职报告", "二〇二四年二月五日", 2023),
        ("党建工作总结", "2023年12月5日", 2023),
        ("关于节水的通知", "2024年1月5日", 2024),
    ],
)
def test_a_report_signed_at_new_year_is_of_the_year_before(
    title: str, date: str, year: int
) -> None:
    assert infer([title, "一年来平稳。", "正文。", date], "/x/a.txt").year == year


@pytest.mark.parametrize(
    ("text", "year"),
    [("节水2023行动方案", 2023), ("2023级新生节水课", None), ("改造2023户水表", None)],
)
def test_bare_numbers_that_are_years(text: str, year: int | None) -> None:
    assert year_of(text) == year


def test_a_labelled_date_gives_the_year() -> None:
    lines = ["水务快讯", "发布日期：2019-11-29 阅读：16", "正文。"]
    assert ("year", "letterhead") in {
        (origin.field, origin.where) for origin in guess(lines, "/x/a.txt").origins
    }


def test_the_title_below_an_annexs_number() -> None:
    assert title_of(["附件3", "节水承诺书", "本人承诺节水。"])[0] == "节水承诺书"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("关于水务局工作报告的决议", "决议"),
        ("水务局党员走进水库听党课", None),
        ("青禾市召开节水大会", None),
        ("节水巡查制度", "制度"),
        ("节水整改落实自查报告", "自查报告"),
    ],
)
def test_kinds_of_news_and_of_what_is_about_another(title: str, kind: str | None) -> None:
    assert kind_of(title) == kind


@pytest.mark.parametrize("many", [False, True])
def test_options_are_not_called_the_table(tmp_path: Path, *, many: bool) -> None:
    """One file is read by the caller, many by child processes."""
    names = [f"{i:02}.txt" for i in range(20 if many else 1)]
    for name in names:
        (tmp_path / name).write_text(f"节水工作小结{name}\n\n新修水渠三里。\n", encoding="utf-8")
    (tmp_path / "metadata.csv").write_text("path,unit\n00.txt,青禾市水务局\n", encoding="utf-8")
    with Library.create(tmp_path / "library", encoder=CountingEncoder()) as library:
        library.sync([tmp_path], given=Metadata(unit="青禾市财政局", year=2023))
        first, *rest = sorted(library.documents(), key=lambda entry: entry.path)
    told = {(origin.field, origin.where) for origin in first.origins}
    assert (first.unit, first.year) == ("青禾市水务局", 2023)
    assert {("unit", "metadata.csv"), ("year", "options")} <= told
    assert len(rest) == len(names) - 1
    for entry in rest:
        assert entry.unit == "青禾市财政局"
        assert ("unit", "options") in {(origin.field, origin.where) for origin in entry.origins}


def test_an_answer_is_of_the_year_of_its_signature() -> None:
    title = "关于同意以青禾市名义申办2031年水上运动会的复函"
    lines = [title, "同意。", "南岭省体育局", "2023年5月4日"]
    assert infer(lines, "/x/a.txt").year == 2023
    assert infer([title, "同意。"], "/x/a.txt").year == 2031


def test_a_date_that_cleaning_took_away_still_gives_the_year() -> None:
    lines = ["水务快讯", "大坝加固完工。"]
    found = guess(lines, "/x/a.txt", removed=["发布日期：2019-11-29 阅读次数：16"])
    assert found.metadata.year == 2019
    assert guess(lines, "/x/a.txt").metadata.year is None


def test_a_day_that_is_told_of_is_no_signature() -> None:
    lines = ["水库的故事", "——2013年12月31日，甘小渠致信南岭水库职工", "那一年水很大。"]
    assert infer(lines, "/x/a.txt").year is None


def test_every_place_has_its_certainty() -> None:
    assert all(0 < sure < 1 for sure in SURE.values())
    # what stands in the title is surer than what the path says
    for field in ("title", "unit", "year", "kind", "period"):
        assert SURE[field, "title"] > SURE[field, "file name"]


GRAMMAR = (
    "青禾", "市", "县", "镇", "水务局", "中共", "委员会", "党委", "党支部", "第一", "届",
    "人民政府", "人民代表大会", "关于", "的", "通知", "工作总结", "2023年", "1月5日",
    "二〇二三年五月", "我", "代表", "，", "：", "（", "）", "单位：", "书记", "学区", "转发",
    "各", "来源：", "文件", "在", "领导下", "《", "》", "-", "大学", " ",
)  # fmt: skip
PHRASES = st.lists(st.sampled_from(GRAMMAR), max_size=14).map("".join)


@settings(max_examples=300)
@given(st.lists(PHRASES, max_size=8), PHRASES, st.lists(PHRASES, max_size=3))
@example(["青禾镇"], "", ["领导下市"])
@example([], "水务局", ["中共市"])
def test_any_words_of_the_grammar(lines: list[str], name: str, folders: list[str]) -> None:
    found = infer(lines, "/".join(["", *folders, f"{name}.txt"]))
    assert found.unit is None or len(found.unit) > 1
    # a unit's name stands for itself: read again, it is the same
    if found.unit is not None and "大会" not in found.unit:
        assert named(found.unit) == found.unit


def test_a_huge_title_or_line_costs_no_time() -> None:
    for text in ("对关于的" * 250_000, "青禾市" * 300_000, "总结及" * 300_000, "2023年" * 300_000):
        started = time.perf_counter()
        guess([text, text], "/x/a.txt", marked_title=text)
        guess([text, text], "/x/a.txt")
        assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("form", "unit"), [("html", "青禾市水务局"), ("jsonl", "中共青禾市水务局党组、青禾市财政局")]
)
def test_a_unit_that_a_page_states_has_the_same_name(form: str, unit: str) -> None:
    stated = Metadata(unit="中共青禾市水务局党组、青禾市财政局")
    found = prepare(Document("/x/a", form, (Block("节水快讯"), Block("大家节水。")), stated))
    assert found.metadata.unit == unit
    assert ("unit", "stated") in {(origin.field, origin.where) for origin in found.origins}
