"""Files that crash, hang, swell or fail harm nothing but themselves; the order is the asked one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from index.datatypes import Metadata
from index.errors import ReadError
from index.preparing import Job, Limits, Preparer, one_file, preparer, process
from index.preparing.limits import CRASHED, TOO_LARGE, TOO_LONG
from index.reading.office import libreoffice, word_binary
from index.reading.options import ReadOptions

ROOT = Path(__file__).resolve().parents[2]

MISCHIEF = """
import os, subprocess, sys, tempfile, time
sys.path.insert(0, sys.argv[1])
from index.errors import ReadError
from index.preparing import child, one_file
from index.reading.options import goes_on
true = one_file.read
def read(path):
    name = path.name
    if name.startswith("crash"): os._exit(3)
    if name.startswith("hang"): time.sleep(60)
    if name.startswith("swell"):
        held = []
        while True: held.append(bytearray(1 << 22)); time.sleep(0.001)
    if name.startswith("leap"): bytearray(1 << 40)
    if name.startswith("refuse"): raise ReadError(path, "no")
    if name.startswith("print"): print("x" * 1000, flush=True)
    if name.startswith("pages"):
        for page in range(4): time.sleep(1.2); goes_on()
    if name.startswith("stop"): goes_on(); time.sleep(60)
    if name.startswith("leave"):
        subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        tempfile.mkdtemp()
        os._exit(3)
    documents = true(path)
    for document in documents:
        yield document
        if name.startswith("break"): os._exit(3)
one_file.read = read
child.main()
"""


@pytest.fixture(autouse=True)
def no_shortcut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparer, "FEW", 0)


def files(folder: Path, *names: str) -> list[Job]:
    jobs = []
    for name in names:
        path = folder / f"{name}.txt"
        path.write_text(f"{name}工作总结\n\n全年完成{name}任务三十余项。\n", encoding="utf-8")
        jobs.append(Job(str(path)))
    return jobs


def outcomes(jobs: list[Job], limits: Limits, start: str = MISCHIEF) -> list[str]:
    """For each file its reason, or the text of its last paragraph."""
    found = []
    with Preparer(jobs, limits=limits, start=start) as pool:
        for position in range(len(jobs)):
            try:
                documents = [document for document, _ in pool.documents(position)]
            except ReadError as error:
                found.append(f"{Path(error.path).stem}: {error.reason}")
            else:
                found.append(documents[-1].paragraphs[-1].text)
    return found


def test_bad_files_are_named_and_the_others_come_in_order(tmp_path: Path) -> None:
    names = ["甲", "crash", "乙", "hang", "丙", "swell", "leap", "丁", "refuse", "print", "break"]
    limits = Limits(memory=200 << 20, seconds=3.0)
    assert outcomes(files(tmp_path, *names), limits) == [
        "全年完成甲任务三十余项。",
        f"crash: {CRASHED}",
        "全年完成乙任务三十余项。",
        f"hang: {TOO_LONG}",
        "全年完成丙任务三十余项。",
        f"swell: {TOO_LARGE}",
        f"leap: {TOO_LARGE}",
        "全年完成丁任务三十余项。",
        "refuse: no",
        "全年完成print任务三十余项。",
        f"break: {CRASHED}",
    ]


def test_children_give_what_the_process_itself_would(tmp_path: Path) -> None:
    (job,) = files(tmp_path, "甲")
    job = Job(job.path, Metadata(unit="云台镇", year=2023))
    with Preparer([job]) as pool:
        assert list(pool.documents(0)) == list(one_file.prepared(job.path, job.given))


def test_what_lies_ready_is_bounded_and_nothing_waits_for_ever(tmp_path: Path) -> None:
    lines = [f'{{"id": "{n}", "text": "{"整治道路" * 50}第{n}段。"}}' for n in range(300)]
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(lines), encoding="utf-8")
    jobs = [Job(str(many)), *files(tmp_path, "甲"), Job(str(many))]
    with Preparer(jobs, limits=Limits(ahead=3000)) as pool:
        for position, count in enumerate((300, 1, 300)):
            seen = 0
            for _ in pool.documents(position):
                seen += 1
                assert pool._ready <= 3000 + 2 * 500  # one more for each child
            assert seen == count


def test_a_slow_caller_costs_no_child_its_time(tmp_path: Path) -> None:
    lines = [f'{{"id": "{n}", "text": "{"整治道路" * 5000}。"}}' for n in range(12)]
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(lines), encoding="utf-8")
    with Preparer([Job(str(many))], limits=Limits(ahead=1000, seconds=3.0)) as pool:
        seen = 0
        for _ in pool.documents(0):
            seen += 1
            if seen in (1, 5):
                time.sleep(3.3)
    assert seen == 12


def test_a_long_reading_that_shows_life_is_not_ended_and_a_hang_is(tmp_path: Path) -> None:
    jobs = files(tmp_path, "pages", "stop")
    assert outcomes(jobs, Limits(seconds=3.5)) == [
        "全年完成pages任务三十余项。",
        f"stop: {TOO_LONG}",
    ]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_nothing_that_a_child_started_or_wrote_outlives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that crashes by itself is not killed, but what it started must be."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    started: list[int] = []
    running = process.Child._running

    def noted(child: process.Child) -> subprocess.Popen[bytes] | None:
        made = running(child)
        if made is not None:
            started.append(made.pid)
        return made

    monkeypatch.setattr(process.Child, "_running", noted)
    assert outcomes(files(tmp_path, "leave"), Limits()) == [f"leave: {CRASHED}"]
    until = time.monotonic() + 5
    while any(_group(one) for one in started) and time.monotonic() < until:
        time.sleep(0.05)
    assert started
    assert not any(_group(one) for one in started)
    assert not list((tmp_path / "temporary").iterdir())


def _group(leader: int) -> list[int]:
    """Processes of a group that have not ended."""
    found = []
    for state in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = state.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(state.parent.name))
    return found


@pytest.mark.parametrize("suffix", [".pdf", ".jpg"])
def test_scans_are_recognised_in_a_child_within_its_limits(
    tmp_path: Path, printed: Callable[[str], Image.Image], suffix: str
) -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    path = tmp_path / f"扫描{suffix}"
    printed("全年集中读书十二次，每次都有人讲、有人记、有人问。").save(path, resolution=200)
    (text,) = files(tmp_path, "甲")
    with Preparer([Job(str(path)), text], options=ReadOptions(recognise=True)) as pool:
        ((document, notes),) = pool.documents(0)
        ((other, _),) = pool.documents(1)
    assert notes[0].endswith("是扫描图，文字由识别得到，可能有错字。")
    assert [(p.page, p.recognised) for p in document.paragraphs] == [(1, True)]
    assert "集中读书十二次，每次都有人讲" in document.paragraphs[0].text
    assert not any(paragraph.recognised for paragraph in other.paragraphs)


def test_a_book_without_a_line_break_is_refused_at_once_and_takes_no_member_with_it(
    tmp_path: Path,
) -> None:
    endless = "推动各项工作取得新的成效" * 1_000_000
    path = tmp_path / "一行.txt"
    path.write_text(endless, encoding="utf-8")
    archive = tmp_path / "全部.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("总结.txt", "云台镇工作总结\n全年整治道路三十余处。\n")
        target.writestr("一行.txt", endless[: one_file.GREATEST_PARAGRAPH + 1])
    begun = time.monotonic()
    with Preparer([Job(str(path)), Job(str(archive))]) as pool:
        with pytest.raises(ReadError, match="超过 20 万字，中间没有换行"):
            list(pool.documents(0))
        ((document, notes),) = pool.documents(1)
    assert time.monotonic() - begun < 20
    assert document.external_id == "总结.txt"
    assert notes == (f"里面的《一行.txt》没有读入：{one_file.NO_BREAKS}",)


def test_a_file_can_be_checked_to_its_end(tmp_path: Path) -> None:
    jobs = files(tmp_path, "甲", "break")
    with Preparer(jobs, start=MISCHIEF) as pool:
        pool.check(0)
        with pytest.raises(ReadError, match="意外中断"):
            pool.check(1)


def test_leaving_in_the_middle_ends_the_children(tmp_path: Path) -> None:
    jobs = files(tmp_path, "甲", "hang", "hang2")
    begun = time.monotonic()
    processes = []

    def interrupted() -> None:
        with Preparer(jobs, start=MISCHIEF) as pool:
            list(pool.documents(0))
            processes.extend(child._process for child in pool._children)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - begun < 10
    assert processes
    assert all(process is None or process.poll() is not None for process in processes)


@pytest.mark.skipif(sys.platform == "win32", reason="asks for processes as POSIX does")
def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    (job,) = files(tmp_path, "hang")
    code = (
        "import sys, time\n"
        "from index.preparing import Job, Preparer, preparer\n"
        "preparer.FEW = 0\n"
        "with Preparer([Job(sys.argv[1])], start=sys.argv[2]) as pool:\n"
        "    while not pool._children[0]._process: time.sleep(0.01)\n"
        "    print(pool._children[0]._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, job.path, MISCHIEF], stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 10
    while _alive(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def _alive(process: int) -> bool:
    """Also False for one that has ended and that nobody has asked about yet."""
    state = Path(f"/proc/{process}/stat")
    if state.parent.parent.joinpath("self").exists():
        return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_children_import_nothing_heavy() -> None:
    code = (
        "import sys, index.preparing.child\n"
        "heavy = {'numpy', 'openvino', 'faiss', 'torch', 'streamlit', 'jieba'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


RTF = "{\\rtf1\\ansi\\uc0 " + "\\par ".join(
    "".join(f"\\u{ord(c)} " for c in line)
    for line in ("云台镇工作总结", "全年整治道路三十余处，惠及居民六百余户。")
)
needs_libreoffice = pytest.mark.skipif(
    libreoffice.available() is None, reason="LibreOffice is not installed"
)


def made_doc(folder: Path) -> Path:
    source = folder / "总结.rtf"
    source.write_text(RTF + "}", encoding="ascii")
    program = str(libreoffice.available())
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [program, profile, "--headless", "--convert-to", "doc", "--outdir", folder, source],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "总结.doc"


@needs_libreoffice
def test_doc_files_are_converted_together_and_those_in_a_zip_by_the_child(tmp_path: Path) -> None:
    doc = made_doc(tmp_path)
    archive = tmp_path / "全部.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(doc, "2023/总结.doc")
        target.writestr("2023/空.txt", "\n\n")
        target.writestr("2023/表.jsonl", '{"id": "7", "text": "全年完成绿化任务二十余项。"}\n')
    jobs = [Job(str(doc)), Job(str(archive), Metadata(title="汇编"))]
    with Preparer(jobs) as pool:
        ((alone, notes),) = pool.documents(0)
        inside = list(pool.documents(1))
    assert (alone.path, alone.format, notes) == (str(doc), "doc", ())
    assert alone.paragraphs[-1].text == "全年整治道路三十余处，惠及居民六百余户。"
    assert [document.external_id for document, _ in inside] == ["2023/总结.doc", "2023/表.jsonl/7"]
    assert inside[0][0].paragraphs == alone.paragraphs
    assert "汇编" not in [document.metadata.title for document, _ in inside]
    assert "空.txt" in "".join(inside[-1][1])


@needs_libreoffice
def test_real_doc_files_come_through_libreoffice(shared: Path) -> None:
    paths = sorted((shared / "raw_office").rglob("*.doc"))
    assert paths
    with Preparer([Job(str(path)) for path in paths]) as pool:
        for position, path in enumerate(paths):
            ((document, notes),) = pool.documents(position)
            assert (document.path, document.format) == (str(path), "doc")
            assert document.paragraphs
            assert word_binary.NOTE not in notes
