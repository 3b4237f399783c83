"""The root command: which library is meant, opening it, progress while it works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.cli.wrong_use import ChineseGroup
from index.datatypes import Progress
from index.errors import LibraryNotFound
from index.settings import Settings

if TYPE_CHECKING:
    from index.library import Library


@click.group(
    cls=ChineseGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--library", "folder", type=click.Path(path_type=Path), help="资料库所在的文件夹。")
@click.version_option(package_name="xunzhang", prog_name="xunzhang", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, folder: Path | None) -> None:
    """寻章：按意思查找以往的工作总结，每一段都注明出处。"""
    settings = Settings.load()
    context.obj = replace(settings, library=folder) if folder else settings


@contextmanager
def opened(settings: Settings, *, create: bool = False) -> Iterator[Library]:
    from index.library import Library

    try:
        library = Library.open(settings.library, settings=settings)
    except LibraryNotFound:
        if not create:
            raise
        library = Library.create(settings.library, settings=settings)
    with library:
        yield library


@contextmanager
def progress_shown() -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr, or a line every few seconds where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    stages = {"reading": "读文件", "encoding": "编码段落", "publishing": "更新索引"}
    console = Console(stderr=True)
    if not console.is_terminal:
        last = 0.0

        def line(report: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= 5 or report.done == report.total:
                last = now
                click.echo(
                    f"{stages[report.stage]} {report.done}/{report.total}{_pace(report)}", err=True
                )

        yield line
        return
    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        console=console,
        transient=True,
    )
    with bars:
        tasks: dict[str, Any] = {}

        def bar(report: Progress) -> None:
            if report.stage not in tasks:
                tasks[report.stage] = bars.add_task(stages[report.stage], pace="")
            bars.update(
                tasks[report.stage],
                completed=report.done,
                total=report.total,
                pace=_pace(report),
            )

        yield bar


def _pace(report: Progress) -> str:
    """
    >>> _pace(Progress("encoding", 10, 100, rate=45.0, seconds_left=125))
    '，每秒 45，还需约 2 分 5 秒'
    """
    text = f"，每秒 {report.rate:.0f}" if report.rate else ""
    if report.seconds_left is not None and report.done < report.total:
        minutes, seconds = divmod(round(report.seconds_left), 60)
        text += f"，还需约 {f'{minutes} 分 ' if minutes else ''}{seconds} 秒"
    return text


def main() -> None:
    """Entry point of the command; exits with the codes named above."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console may not be UTF-8
            reconfigure(encoding="utf-8", errors="replace")
    sys.exit(cli.main(prog_name="xunzhang"))
