"""Types of arguments, and options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click


class Text(click.ParamType[str]):
    """Any text; bytes that are none (of another encoding) become ？, so they match nothing."""

    name = "TEXT"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        return str(value).encode("utf-8", "replace").decode()


TEXT = Text()


class Years(click.ParamType[tuple[int, int]]):
    """2023, or 2021-2023."""

    name = "YEAR"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d{4})(?:\s*[-–—~至]\s*(\d{4}))?", str(value).strip())
        if not match:
            self.fail(f"“{value}”不是年份，请写成 2023 或 2021-2023。", param, ctx)
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            self.fail(f"“{value}”的起始年份晚于结束年份。", param, ctx)
        return first, last


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON。")(command)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--topic", type=TEXT, help="只要某个专题的段落，如 廉政教育。"),
        click.option("--kind", type=TEXT, help="只要某个文种。"),
        click.option("--unit", type=TEXT, help="只要某个单位。"),
        click.option("--year", type=Years(), help="只要某年或某几年，如 2021-2023。"),
        click.option("-k", "k", type=click.IntRange(1, 1000), default=10, help="结果条数。"),
    ):
        command = option(command)
    return command
