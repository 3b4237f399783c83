"""`xunzhang review` and `xunzhang duplicates`: JSON as promised, reports, plain sentences."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from index.cli import wrong_use
from tests.test_cli import run  # noqa: F401  a fixture

ROADS = "修好村口路灯四十盏，老人夜里出门不再摸黑走路；电费由合作社出一半。"
WELLS = "给七口老井加了盖，井台重新砌过，旁边立了水质公示牌。"
SONGS = "合唱队每周三晚上在文化站练歌，腊月里办了一场音乐会。"
BOATS = "渡口添了两条新船，船工轮流值守，早晚各多跑一趟。"
SOURCE_KEYS = {
    *("document_id", "external_id", "title", "unit", "year", "kind", "path"),
    *("heading_path", "paragraph", "page", "place", "recognised", "period"),
}


@pytest.fixture
def filled(run: Any, tmp_path: Path) -> Any:  # noqa: F811
    """The command on a library of two reports that share a paragraph."""
    rows = [
        {"title": "青禾镇2021年总结", "unit": "青禾镇", "year": 2021, "paragraphs": [ROADS, WELLS]},
        {"title": "枕溪镇2022年总结", "unit": "枕溪镇", "year": 2022, "paragraphs": [SONGS, ROADS]},
    ]
    path = tmp_path / "总结.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert run("add", str(path))[0] == wrong_use.DONE
    return run


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "送审稿.txt"
    edited = ROADS.replace("四十", "六十")
    path.write_text(f"云汀镇2023年工作总结\n\n{edited}\n\n{BOATS}\n", encoding="utf-8")
    return path


def size(text: str) -> int:
    return sum(map(str.isalnum, text))


# --- review ----------------------------------------------------------------------------------


def test_review_prints_what_was_promised(filled: Any, draft: Path) -> None:
    code, out, _ = filled("review", str(draft), "--unit", "云汀镇", "--json")
    assert code == wrong_use.DONE
    answer = json.loads(out)
    assert set(answer) >= {"draft", "ratios", "paragraphs", "leftovers", "sources", "limits"}
    title = "云汀镇2023年工作总结"
    assert answer["draft"] == {
        "title": title,
        "unit": "云汀镇",
        "year": 2023,
        "characters": len(title + ROADS + BOATS),
    }
    ratios = answer["ratios"]
    assert set(ratios) >= {"overlap", "reuse", "largest_source"}
    # of ROADS all but 六十, which differs; numbers that differ count as re-used wording
    whole = size(title + ROADS + BOATS)
    assert ratios["reuse"] == pytest.approx(size(ROADS) / whole)
    assert ratios["largest_source"] == ratios["reuse"] <= ratios["overlap"]
    _, reused, own = answer["paragraphs"]
    assert (reused["paragraph"], reused["label"], own["label"]) == (2, "renamed", "own")
    assert own["spans"] == own["slots"] == []
    (span,) = reused["spans"]
    assert set(span) >= {"start", "end", "kind", "source", "source_start", "source_end"}
    assert span["kind"] == "reuse"
    assert reused["text"][span["start"] : span["end"]] == ROADS[:-1].replace("四十", "六十")
    assert ROADS[span["source_start"] : span["source_end"]] == ROADS[:-1]
    assert set(span["source"]) == SOURCE_KEYS
    assert span["source"]["title"] in ("青禾镇2021年总结", "枕溪镇2022年总结")
    assert span["source"]["paragraph"] == (1 if span["source"]["unit"] == "青禾镇" else 2)
    assert reused["slots"] == [{"draft": "六十", "source": "四十", "kind": "number"}]
    assert {one["source"]["unit"] for one in answer["sources"]} == {"青禾镇", "枕溪镇"}
    for one in answer["sources"]:
        assert one["characters"] == size(ROADS)
        assert one["share"] == pytest.approx(size(ROADS) / whole)
    assert any("2 篇文档" in sentence for sentence in answer["limits"])


def test_unit_and_year_can_be_told(filled: Any, draft: Path) -> None:
    _, out, _ = filled("review", str(draft), "--unit", "青禾镇", "--year", "2024", "--json")
    answer = json.loads(out)
    assert (answer["draft"]["unit"], answer["draft"]["year"]) == ("青禾镇", 2024)
    relations = {one["source"]["unit"]: one["relation"] for one in answer["sources"]}
    assert relations == {"青禾镇": "own_past", "枕溪镇": "other"}


def test_what_is_left_of_another_report_is_named(filled: Any, tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    text = "云汀镇2023年工作总结\n\n全年开展巡查XX次，群众反映的问题都记在本子上。\n"
    path.write_text(text, encoding="utf-8")
    _, out, _ = filled("review", str(path), "--json")
    answer = json.loads(out)
    (left,) = answer["leftovers"]
    assert set(left) >= {"start", "end", "text", "kind", "why"}
    paragraph = answer["paragraphs"][left["paragraph"] - 1]
    assert paragraph["text"][left["start"] : left["end"]] == left["text"] == "XX"
    assert left["kind"] == "placeholder"


def test_several_drafts_are_reviewed_and_what_cannot_be_read_is_named(
    filled: Any, draft: Path, tmp_path: Path
) -> None:
    (tmp_path / "坏.docx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    other = tmp_path / "另一份.txt"
    other.write_text(f"石桥镇2023年总结\n\n{WELLS}\n", encoding="utf-8")
    files = [str(draft), str(tmp_path / "坏.docx"), str(other)]
    code, out, err = filled("review", *files, "--json", "--html", "报告.html")
    assert code == wrong_use.PARTLY
    reviews = json.loads(out)["reviews"]
    assert [one["draft"]["title"] for one in reviews] == [
        "云汀镇2023年工作总结",
        "石桥镇2023年总结",
    ]
    assert "没有读入" in err
    assert "坏.docx" in err
    assert "石桥镇" in (tmp_path / "报告-2.html").read_text(encoding="utf-8")
    both = (tmp_path / "报告.html").read_text(encoding="utf-8")
    assert "云汀镇" in both
    assert "石桥镇" in both


def test_several_drafts_are_compared_with_each_other(
    filled: Any, draft: Path, tmp_path: Path
) -> None:
    other = tmp_path / "另一份.txt"
    other.write_text(f"石桥镇2023年总结\n\n{BOATS}\n", encoding="utf-8")
    code, out, _ = filled("review", str(draft), str(other), "--json", "--xlsx", "表.xlsx")
    assert code == wrong_use.DONE
    answer = json.loads(out)
    one, two = (size("".join(p["text"] for p in r["paragraphs"])) for r in answer["reviews"])
    assert answer["shared"] == [
        [None, pytest.approx(size(BOATS) / one)],
        [pytest.approx(size(BOATS) / two), None],
    ]
    # what the library has not is the other draft's
    (source,) = answer["reviews"][1]["sources"]
    assert (source["source"]["title"], source["source"]["document_id"]) == (
        "云汀镇2023年工作总结",
        -1,
    )
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {"表.xlsx", "表-1.xlsx", "表-2.xlsx"}
    _, out, _ = filled("review", str(draft), str(other))
    assert "第2份《石桥镇2023年总结》有" in out


def test_reports_are_written_whole(filled: Any, draft: Path, tmp_path: Path) -> None:
    code, out, err = filled(
        "review", str(draft), "--html", "r.html", "--docx", "r.docx", "--xlsx", "r.xlsx"
    )
    assert code == wrong_use.DONE
    assert err.count("写好了") == 3
    assert "云汀镇2023年工作总结" in out
    assert "去固定表述后重合" in out
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert BOATS[:6] in page
    for name, part in (("r.docx", "word/document.xml"), ("r.xlsx", "xl/workbook.xml")):
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert part in archive.namelist()
    assert not list(tmp_path.glob("*.part"))


WRONG = (
    (["review"], "缺少 FILE…。"),
    (["review", "没有.docx"], "找不到 没有.docx"),
    (["review", "送审稿.txt", "--year", "23"], "应是 1900 到 2100 的整数"),
    (["review", "送审稿.txt", "--html", "没有/r.html"], "不能写入"),
    (["duplicates", "--min", "50"], "应是 0 到 1 的数，例如 0.5"),
    (["duplicates", "--min", "一半"], "应是 0 到 1 的数，例如 0.5"),
    (["duplicates", "--xlsx", "没有/r.xlsx"], "不能写入"),
)


def test_wrong_use_gets_a_sentence(filled: Any, draft: Path) -> None:
    for arguments, says in WRONG:
        code, _, err = filled(*arguments)
        assert code == wrong_use.WRONG_USE, arguments
        assert says in err
        assert "Traceback" not in err


# --- duplicates ------------------------------------------------------------------------------


def test_duplicates_print_what_was_promised(filled: Any) -> None:
    code, out, _ = filled("duplicates", "--json", "--min", "0.3")
    assert code == wrong_use.DONE
    answer = json.loads(out)
    (pair,) = answer["documents"]
    assert set(pair) >= {"a", "b", "shared", "reuse_a", "reuse_b", "longest_run", "formula"}
    assert set(pair["a"]) == set(pair["b"]) == SOURCE_KEYS
    assert (pair["a"]["year"], pair["b"]["year"]) == (2021, 2022)
    assert (pair["shared"], pair["longest_run"], pair["formula"]) == (size(ROADS), size(ROADS), 0)
    assert pair["reuse_a"] == pytest.approx(size(ROADS) / size(ROADS + WELLS))
    assert pair["reuse_b"] == pytest.approx(size(ROADS) / size(ROADS + SONGS))
    (family,) = answer["families"]
    assert set(family) >= {"paragraph_ids", "size", "first", "spread"}
    assert (family["size"], len(family["paragraph_ids"])) == (2, 2)
    assert (family["first"]["year"], family["first"]["paragraph"]) == (2021, 1)
    assert family["spread"] == {"units": ["青禾镇", "枕溪镇"], "years": [2021, 2022]}


def test_the_least_share_and_what_is_asked_for(filled: Any) -> None:
    whole = json.loads(filled("duplicates", "--json")[1])
    least = max(size(ROADS) / size(ROADS + WELLS), size(ROADS) / size(ROADS + SONGS))
    assert len(whole["documents"]) == (least >= 0.5)
    many = filled("duplicates", "--json", "--min", "0.9", "--characters", str(size(ROADS)))
    assert len(json.loads(many[1])["documents"]) == 1
    more = filled("duplicates", "--json", "--min", "0.9", "--characters", str(size(ROADS) + 1))
    assert json.loads(more[1])["documents"] == []
    none = json.loads(filled("duplicates", "--json", "--min", "0.9")[1])
    assert (none["documents"], len(none["families"])) == ([], 1)
    assert "families" not in json.loads(filled("duplicates", "--documents", "--json")[1])
    assert "documents" not in json.loads(filled("duplicates", "--paragraphs", "--json")[1])


def test_duplicates_for_people_and_as_files(filled: Any, tmp_path: Path) -> None:
    code, out, err = filled("duplicates", "--min", "0.3", "--html", "d.html", "--xlsx", "d.xlsx")
    assert code == wrong_use.DONE
    assert "《青禾镇2021年总结》 青禾镇 2021年\n      《枕溪镇2022年总结》 枕溪镇 2022年" in out
    assert f"相同 {size(ROADS)} 字" in out
    assert "首见于 《青禾镇2021年总结》 青禾镇 2021年 第1段" in out
    assert "只比对了资料库里的 2 篇文档" in err
    assert "枕溪镇2022年总结" in (tmp_path / "d.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "d.xlsx") as archive:
        assert "xl/workbook.xml" in archive.namelist()
    assert "同一写法" not in filled("duplicates", "--documents")[1]
    assert "以上与另一方相同" not in filled("duplicates", "--paragraphs")[1]


def test_without_a_library_there_is_nothing_to_compare(run: Any, draft: Path) -> None:  # noqa: F811
    for arguments in (["duplicates"], ["review", str(draft)]):
        code, out, err = run(*arguments, library="nowhere")
        assert (code, out) == (wrong_use.UNUSABLE, "")
        assert "没有资料库" in err
