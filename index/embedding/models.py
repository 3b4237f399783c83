"""Where a model named in the settings lies on this machine, and what its files are worth as a name.

No library is imported for it: Hugging Face's cache is a folder, and a name must cost milliseconds.
Nothing is ever fetched: this product reaches no network, and a message says how a person can.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelNotFound

_READ_WHOLE = 1 << 20
_SAMPLES = 64
_SAMPLE = 1 << 14
_PARTS = frozenset({".json", ".txt", ".model", ".safetensors", ".bin", ".pt"})
_OTHER_BACKENDS = frozenset({"onnx", "openvino", ".cache", ".git"})


@dataclass(frozen=True)
class LocalModel:
    """A sentence-transformers folder on this machine."""

    label: str
    """The folder's or the hub's last name, e.g. bge-small-zh-v1.5."""
    folder: Path


def locate(model: str, environ: Mapping[str, str] = os.environ) -> LocalModel:
    """The folder that a folder name or a hub name (of a model fetched before) leads to.

    Raises ModelNotFound, whose text says how to get the model without internet on this machine.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
            raise ModelNotFound(
                f"文件夹 {folder} 里没有模型（缺 modules.json 和 config.json），"
                "请检查 XUNZHANG_MODEL 是否指到了模型的文件夹。"
            )
        return LocalModel(folder.resolve().name, folder.resolve())
    named_as_folder = folder.is_absolute() or model.startswith((".", "~")) or "\\" in model
    if not named_as_folder and model.count("/") <= 1:
        names = [model] if "/" in model else [f"sentence-transformers/{model}", model]
        for name in names:
            snapshot = _snapshot(_hub_cache(environ) / f"models--{name.replace('/', '--')}")
            if snapshot is not None:
                return LocalModel(model.rsplit("/", 1)[-1], snapshot)
        last = model.rsplit("/", 1)[-1]
        raise ModelNotFound(
            f"这台电脑上没有模型 {model}，本程序不会自己联网下载。"
            "请在能上网的电脑上取得它：pip install -U huggingface_hub，"
            f"然后 hf download {model} --local-dir {last}；"
            f"把文件夹 {last} 拷到本机，再把环境变量 XUNZHANG_MODEL 设为它的路径。"
        )
    raise ModelNotFound(f"找不到模型文件夹 {folder}，请检查 XUNZHANG_MODEL 的路径。")


def checksum(folder: Path) -> str:
    """12 hex digits that change when the model's configuration, vocabulary or weights change.

    Small files are read whole, of large ones the size and 64 pieces of 16 KB spread evenly:
    training again moves every weight, so a piece is enough, and 1 GB is not read to learn a name.
    """
    digest = hashlib.sha256()
    for path in sorted(_parts(folder)):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as stream:
            if size <= _READ_WHOLE:
                digest.update(stream.read())
                continue
            for i in range(_SAMPLES):
                stream.seek((size - _SAMPLE) * i // (_SAMPLES - 1))
                digest.update(stream.read(_SAMPLE))
    return digest.hexdigest()[:12]


def _parts(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if path.suffix in _PARTS and path.is_file() and not _OTHER_BACKENDS.intersection(inside):
            yield path


def _hub_cache(environ: Mapping[str, str]) -> Path:
    """Where Hugging Face keeps what was fetched (huggingface_hub's constants.py)."""
    if environ.get("HF_HUB_CACHE"):
        return Path(environ["HF_HUB_CACHE"]).expanduser()
    if environ.get("HF_HOME"):
        return Path(environ["HF_HOME"]).expanduser() / "hub"
    cache = environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "huggingface" / "hub"


def _snapshot(repository: Path) -> Path | None:
    """The snapshot that `main` points to, where it holds a model."""
    reference = repository / "refs" / "main"
    if not reference.is_file():
        return None
    snapshot = repository / "snapshots" / reference.read_text(encoding="utf-8").strip()
    return snapshot if (snapshot / "config.json").exists() else None
