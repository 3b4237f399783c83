"""One `Settings`, read at the edge (cli, ui, scripts) and passed inward.

Every value comes from, first found wins: an environment variable ``XUNZHANG_<NAME>``, the file
``xunzhang.toml`` in the working folder (keys in lower case), the default below.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import platformdirs

from index.errors import SettingsError

BUNDLED_MODEL = "multilingual-e5-small"


def default_data_folder() -> Path:
    """The user's data folder: unpacked models and caches live here, never libraries of others."""
    return Path(platformdirs.user_data_dir("xunzhang", appauthor=False))


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs. Nothing here changes what a library holds."""

    library: Path = field(default_factory=lambda: default_data_folder() / "library")
    """Folder of the library."""
    model: str = BUNDLED_MODEL
    """The bundled one by this name; else a sentence-transformers folder or hub name."""
    data_folder: Path = field(default_factory=default_data_folder)
    """Where models are unpacked and jieba keeps its cache."""
    backend: str = "auto"
    """auto: CUDA where present, else OpenVINO for the bundled model, else torch."""
    threads: int = 0
    """Cores for encoding; 0 takes all that this process may use."""
    port: int = 8501
    """Port of the page on 127.0.0.1."""
    recognise: bool = False
    """Whether scanned pages go through character recognition; needs the extra `ocr`."""

    @classmethod
    def load(
        cls, environ: Mapping[str, str] = os.environ, file: Path = Path("xunzhang.toml")
    ) -> Settings:
        """Read the environment and `file`.

        Raises SettingsError for an unknown key, or a value that cannot be what the field needs.
        """
        names = {f.name for f in fields(cls)}
        values: dict[str, object] = {}
        if file.is_file():
            try:
                stored = tomllib.loads(file.read_text(encoding="utf-8-sig"))
            except OSError as error:
                raise SettingsError(
                    f"读不了 {file}（{error.strerror}），请检查它的权限。"
                ) from error
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingsError(
                    f"{file} 不是有效的 TOML 文件（{error}），请改正或删除它。"
                ) from error
            unknown = sorted(set(stored) - names)
            if unknown:
                raise SettingsError(
                    f"{file} 里有不认识的设置“{unknown[0]}”，可用的有：{'、'.join(sorted(names))}。"
                )
            values.update(stored)
        for name in names:
            text = environ.get(f"XUNZHANG_{name.upper()}", "").strip()
            if text:
                values[name] = text
        return cls(**{name: _typed(name, value) for name, value in values.items()})  # type: ignore[arg-type]


_YES_NO = {"1": True, "true": True, "0": False, "false": False}


def _typed(name: str, value: object) -> object:
    if name == "recognise":
        chosen = _YES_NO.get(str(value).lower())
        if chosen is None:
            raise SettingsError(f"设置“recognise”只能是 true 或 false，现在是“{value}”，请改正。")
        return chosen
    if isinstance(value, bool | float | list | dict) or not str(value).strip():
        raise SettingsError(f"设置“{name}”应是一个值，现在是“{value}”，请改正。")
    if name in ("library", "data_folder"):
        return Path(str(value)).expanduser()
    if name in ("threads", "port"):
        try:
            number = int(str(value))
        except ValueError:
            number = -1
        if number < 0 or (name == "port" and not 1 <= number <= 65535):
            raise SettingsError(f"设置“{name}”应是一个整数，现在是“{value}”，请改正。")
        return number
    if name == "backend" and value not in ("auto", "torch", "openvino"):
        raise SettingsError(f"设置“backend”只能是 auto、torch 或 openvino，现在是“{value}”。")
    return str(value)
