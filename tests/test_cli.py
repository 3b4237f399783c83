"""The command: exit codes, JSON as promised, and one plain sentence for every mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index import cli
from index.cli import wrong_use
from index.embedding.testing import CountingEncoder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `xunzhang --library L …`; gives (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XUNZHANG_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr(
        "index.library.encoder_in_use.open_encoder", lambda **_: CountingEncoder(name="counting")
    )
    monkeypatch.setattr("index.library.encoder_in_use.encoder_name", lambda _: "counting")

    def call(*arguments: str, library: str = "L") -> tuple[int, str, str]:
        code = cli.cli.main(["--library", library, *arguments], prog_name="xunzhang")
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "2023"
    folder.mkdir()
    (folder / "甲.txt").write_text(
        "青禾镇2023年工作总结\n一、廉政建设\n全年开展廉政教育六次，观看警示教育片。\n"
        "二、为民服务\n修好村口的路灯四十盏，老人夜里出门不再摸黑。",
        encoding="utf-8",
    )
    (folder / "乙.txt").write_text(
        "青禾镇2022年工作总结\n一、廉政建设\n节前开展廉政教育，发出提醒短信三百条。",
        encoding="utf-8",
    )
    return folder


def test_search_prints_what_was_promised(run: Any, reports: Path) -> None:
    assert run("add", str(reports))[0] == wrong_use.DONE
    code, out, _ = run("search", "廉政教育", "--year", "2023", "--json")
    assert code == wrong_use.DONE
    answer = json.loads(out)
    assert set(answer) == {"query", "mode", "took_ms", "hits"}
    hit = answer["hits"][0]
    assert set(hit) == {
        *("paragraph_id", "score", "semantic", "keyword", "text", "passage", "highlights"),
        *("source", "topics", "family"),
    }
    assert set(hit["source"]) == {
        *("document_id", "external_id", "title", "unit", "year", "kind", "path"),
        *("heading_path", "paragraph", "page", "place", "recognised", "period"),
    }
    assert hit["source"]["heading_path"] == ["一、廉政建设"]
    assert {h["source"]["year"] for h in answer["hits"]} == {2023}
    assert set(hit["family"]) == {"size", "paragraph_ids"}


def test_a_folder_named_like_a_number_is_a_folder(run: Any, reports: Path) -> None:
    run("add", "2023")
    code, out, _ = run("remove", "2023", "--json")
    assert code == wrong_use.DONE
    assert {Path(e["path"]).name for e in json.loads(out)["removed"]} == {"甲.txt", "乙.txt"}


def test_a_document_goes_by_its_id(run: Any, reports: Path) -> None:
    run("add", str(reports))
    _, out, _ = run("search", "路灯", "-k", "1", "--json")
    document = json.loads(out)["hits"][0]["source"]["document_id"]
    code, out, _ = run("remove", str(document))
    assert (code, out.count("已移除")) == (wrong_use.DONE, 1)
    assert "青禾镇2023年工作总结" in out


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_in(run: Any, reports: Path) -> None:
    (reports / "坏.docx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    code, out, _ = run("add", str(reports), "--json")
    assert code == wrong_use.PARTLY
    result = json.loads(out)
    assert len(result["added"]) == 2
    assert [Path(f["path"]).name for f in result["failed"]] == ["坏.docx"]
    _, out, _ = run("status", "--json")
    assert json.loads(out)["failures"] == result["failed"]


def test_export_can_be_added_again(run: Any, reports: Path, tmp_path: Path) -> None:
    run("add", str(reports))
    assert run("export", "--output", "all.jsonl")[0] == wrong_use.DONE
    run("add", "all.jsonl", library="M")
    texts = []
    for library in ("L", "M"):
        _, out, _ = run(
            "search", "廉政教育", "-k", "9", "--mode", "keyword", "--json", library=library
        )
        texts.append([(h["text"], h["source"]["year"]) for h in json.loads(out)["hits"]])
    assert texts[0] == texts[1] != []
    assert not (tmp_path / "all.jsonl.part").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (
            ["search", "党", "-k", "0"],
            wrong_use.WRONG_USE,
            "-k 的值不能用：应是 1 到 1000 的整数。",
        ),
        (
            ["search", "党", "--mode", "fast"],
            wrong_use.WRONG_USE,
            "只能是 hybrid、semantic、keyword。",
        ),
        (["search", "党", "--year", "去年"], wrong_use.WRONG_USE, "请写成 2023 或 2021-2023"),
        (["search", "党", "建"], wrong_use.WRONG_USE, "请用引号把整句括起来"),
        (["search"], wrong_use.WRONG_USE, "缺少 TEXT。"),
        (["search", "？"], wrong_use.WRONG_USE, "没有看到可以搜索的文字"),
        (["search", "党\udcff", "--topic", "养花"], wrong_use.WRONG_USE, "没有名为“养花”的专题"),
        ([], wrong_use.WRONG_USE, "缺少命令"),
        (["topics", "\udcff"], wrong_use.WRONG_USE, "没有名为“?”的专题"),
        (["serch", "党"], wrong_use.WRONG_USE, "没有这个命令，可用的有：add"),
        (["add", "没有.txt"], wrong_use.WRONG_USE, "找不到 没有.txt"),
        (["remove", "9999"], wrong_use.WRONG_USE, "9999"),
        (["remove", "²"], wrong_use.WRONG_USE, "²"),
        (["similar", "9999"], wrong_use.WRONG_USE, "没有编号为 9999 的段落"),
        (["export", "--output", "none/x.jsonl"], wrong_use.WRONG_USE, "不能写入"),
    ],
)
def test_every_mistake_gets_a_sentence(
    run: Any, reports: Path, arguments: list[str], code: int, says: str
) -> None:
    run("add", str(reports))
    found, out, err = run(*arguments)
    assert (found, out) == (code, "")
    assert says in err
    assert "Traceback" not in err


def test_bytes_that_are_no_text_match_nothing(run: Any, reports: Path) -> None:
    run("add", str(reports))
    for option in ("--unit", "--kind"):
        code, out, _ = run("search", "廉政教育", "--mode", "keyword", "--json", option, "镇\udcff")
        assert (code, json.loads(out)["hits"]) == (wrong_use.DONE, [])


def test_a_library_that_cannot_be_is_told_so(run: Any, reports: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, _, err = run("add", str(reports), library="file")
    assert (code, "不能在" in err) == (wrong_use.UNUSABLE, True)
    code, _, err = run("status", library="nowhere")
    assert (code, "没有资料库" in err) == (wrong_use.UNUSABLE, True)
