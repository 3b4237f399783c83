"""Settings: what wins over what, and a sentence for every value that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import Settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "xunzhang.toml"
    file.write_text('port = 8600\nthreads = 1\nlibrary = "~/资料"\n', encoding="utf-8")
    settings = Settings.load({"XUNZHANG_PORT": "8700", "XUNZHANG_THREADS": " "}, file)
    assert (settings.port, settings.threads) == (8700, 1)
    assert settings.library == Path("~/资料").expanduser()
    assert Settings.load({}, tmp_path / "none.toml").port == 8501


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("port = ", "不是有效的 TOML 文件"),
        ("colour = 1", "不认识的设置“colour”"),
        ("port = true", "设置“port”应是一个值"),
        ("port = 70000", "设置“port”应是一个整数"),
        ("threads = 1.5", "设置“threads”应是一个值"),
        ('library = ["a"]', "设置“library”应是一个值"),
        ('library = ""', "设置“library”应是一个值"),
        ("recognise = 2", "设置“recognise”只能是 true 或 false"),
        ('recognise = "maybe"', "设置“recognise”只能是 true 或 false"),
        ('backend = "gpu"', "只能是 auto、torch 或 openvino"),
    ],
)
def test_a_wrong_file_gets_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "xunzhang.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        Settings.load({}, file)


@pytest.mark.parametrize(
    ("written", "meant"), [("1", True), ("0", False), ("true", True), ("False", False)]
)
def test_recognition_is_a_yes_or_a_no(tmp_path: Path, written: str, meant: bool) -> None:
    file = tmp_path / "xunzhang.toml"
    file.write_text(f"recognise = {str(not meant).lower()}\n", encoding="utf-8")
    assert Settings.load({"XUNZHANG_RECOGNISE": written}, file).recognise is meant
    assert Settings.load({}, file).recognise is not meant
    assert not Settings.load({}, tmp_path / "none.toml").recognise


def test_a_file_that_cannot_be_read_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "xunzhang.toml"
    file.write_text("port = 8600", encoding="utf-8")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SettingsError, match="请检查它的权限"):
        Settings.load({}, file)
