"""The command: exit codes, JSON as promised, and one plain sentence for every mistake."""

from __future__ import annotations

import _thread
import json
import re
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
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


SENSITIVE = """青禾镇2021年工作总结
一、走访慰问
年内走访困难职工六户，联系人手机号码 13912345678，家里老人看病有人陪。
"""


def test_what_asks_for_a_decision_waits_until_it_is_accepted(run: Any, reports: Path) -> None:
    (reports / "慰问.txt").write_text(SENSITIVE, encoding="utf-8")
    code, out, err = run("add", str(reports))
    assert code == wrong_use.PARTLY
    assert "等待确认" in err
    assert "--accept-sensitive" in err
    code, out, _ = run("status", "--json")
    status = json.loads(out)
    assert [Path(one["path"]).name for one in status["held"]] == ["慰问.txt"]
    assert status["documents"] == 2
    assert "13912345678" not in out + err
    code, out, _ = run("add", str(reports), "--accept-sensitive", "--json")
    assert code == wrong_use.DONE
    result = json.loads(out)
    assert [Path(path).name for path in result["added"] + result["updated"]] == ["慰问.txt"]
    assert (result["held"], result["failed"]) == ([], [])
    code, out, _ = run("status", "--json")
    assert (json.loads(out)["held"], json.loads(out)["documents"]) == ([], 3)
    # the same bytes are not asked about again, other ones are
    assert run("add", str(reports))[0] == wrong_use.DONE
    (reports / "慰问.txt").write_text(SENSITIVE + "补记一句。", encoding="utf-8")
    assert run("add", str(reports))[0] == wrong_use.PARTLY


def test_accepting_at_once_counts_what_was_read_before_too(run: Any, reports: Path) -> None:
    (reports / "慰问.txt").write_text(SENSITIVE, encoding="utf-8")
    code, out, _ = run("add", str(reports), "--accept-sensitive", "--json")
    assert code == wrong_use.DONE
    result = json.loads(out)
    assert len(result["added"]) + len(result["updated"]) == 3
    assert (result["documents"], result["held"]) == (3, [])


LONG = "青禾镇2020年工作总结\n一、修路\n" + "".join(
    f"第{number}组的路修了{number * 30}米，两边栽了{number * 9}棵树，由组里的人轮流看护。\n"
    for number in range(1, 12)
)


def test_repeated_documents_are_listed_and_counted_as_chosen(run: Any, reports: Path) -> None:
    (reports / "丙.txt").write_text(LONG, encoding="utf-8")
    run("add", str(reports))
    assert run("same")[:2] == (wrong_use.DONE, "没有重复的文档。\n")
    (reports / "丙副本.txt").write_text(LONG, encoding="utf-8")
    (reports / "丙修改.txt").write_text(
        LONG.replace("第3组的路修了90米", "第3组的路修了95米"), encoding="utf-8"
    )
    code, _, err = run("add", str(reports))
    assert code == wrong_use.DONE
    assert "查找时只算一份" in err
    assert "修改稿" in err
    code, out, _ = run("same", "--json")
    assert code == wrong_use.DONE
    repeated = {Path(one["path"]).name: one for one in json.loads(out)["same"]}
    assert {name: one["twin"]["relation"] for name, one in repeated.items()} == {
        "丙副本.txt": "same_file",
        "丙修改.txt": "draft",
    }
    assert {name: one["counted"] for name, one in repeated.items()} == {
        "丙副本.txt": False,
        "丙修改.txt": True,
    }
    copy = str(repeated["丙副本.txt"]["id"])

    def found() -> int:
        _, out, _ = run("search", "轮流看护", "--mode", "keyword", "-k", "99", "--json")
        return sum(hit["family"]["size"] for hit in json.loads(out)["hits"])

    once = found()
    code, out, _ = run("same", copy, "--count", "--json")
    assert code == wrong_use.DONE
    assert {one["counted"] for one in json.loads(out)["same"]} == {True}
    assert found() > once
    assert run("same", copy, "--once")[0] == wrong_use.DONE
    assert found() == once
    _, out, _ = run("same")
    assert "同一个文件" in out
    assert "查找时不算" in out
    assert re.search(r"像是修改稿，9\d% 相同", out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["same", "1"], "请写成 same"),
        (["same", "--count"], "请写成 same"),
        (["same", "1", "--count", "--once"], "请写成 same"),
        (["same", "1", "--count"], "没有与别的文档重复"),
        (["same", "99", "--once"], "99"),
        (["watch"], "还没有要跟踪的文件夹"),
        (["watch", "--stop"], "请写明不再跟踪哪个文件夹"),
        (["watch", "没有的文件夹"], "找不到文件夹"),
        (["watch", "2023", "--stop"], "没有在跟踪"),
        (["watch", "2023", "--every", "0"], "1 到 1440"),
    ],
)
def test_wrong_use_of_same_and_watch_is_said(
    run: Any, reports: Path, arguments: list[str], says: str
) -> None:
    run("add", str(reports / "甲.txt"))
    code, out, err = run(*arguments)
    assert (code, out) == (wrong_use.WRONG_USE, "")
    assert says in err


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as in a terminal: a shell ignores it for what it runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_watching_follows_until_ctrl_c_and_is_remembered(run: Any, reports: Path) -> None:
    def change_and_interrupt() -> None:
        library = reports.parent / "L"
        until(lambda: documents(library) == 2)
        (reports / "丙.txt").write_text(LONG, encoding="utf-8")
        until(lambda: documents(library) == 3)
        time.sleep(0.5)  # the result is printed
        _thread.interrupt_main()

    other = threading.Thread(target=change_and_interrupt)
    other.start()
    code, out, err = run("watch", "2023", "--json")
    other.join(30)
    assert code == wrong_use.DONE
    first, second = map(json.loads, out.splitlines())
    assert len(first["added"]) == 2
    assert [Path(path).name for path in second["added"]] == ["丙.txt"]
    assert "正在跟踪" in err
    assert "不再跟踪；下次运行" in err
    assert run("watch", "--list")[:2] == (wrong_use.DONE, f"{reports}\n")
    code, out, _ = run("watch", "2023", "--stop", "--json")
    assert (code, json.loads(out)) == (wrong_use.DONE, {"watched": []})
    assert documents(reports.parent / "L") == 3


def test_a_folder_that_cannot_be_seen_is_in_the_status_until_it_is_removed(
    run: Any, reports: Path
) -> None:
    share = reports / "共享盘"
    share.mkdir()
    for number in range(5):
        (share / f"{number}.txt").write_text(
            f"青禾镇第{number}组总结\n路修好了。", encoding="utf-8"
        )
    run("add", str(reports))
    shutil.rmtree(share)
    code, _, err = run("add", str(reports))
    assert code == wrong_use.PARTLY
    assert "5 个文件仍保留在资料库中" in err
    _, out, _ = run("status", "--json")
    status = json.loads(out)
    assert [one["path"] for one in status["away"]] == [str(share)]
    assert sum(file["state"] == "away" for file in status["files"]) == 5
    assert "现在看不到" in run("status")[1]
    code, out, _ = run("remove", str(share), "--json")
    assert (code, len(json.loads(out)["removed"])) == (wrong_use.DONE, 5)
    assert run("add", str(reports))[0] == wrong_use.DONE
    assert json.loads(run("status", "--json")[1])["away"] == []


def documents(library: Path) -> int:
    """How many documents are in, by another connection than the command's."""
    file = library / "catalogue.sqlite"
    if not file.is_file():
        return 0
    connection = sqlite3.connect(file)
    try:
        return int(connection.execute("SELECT count(*) FROM document").fetchone()[0])
    except sqlite3.OperationalError:  # its tables are being made
        return 0
    finally:
        connection.close()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
