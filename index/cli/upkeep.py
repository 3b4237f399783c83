"""The library as a whole: status, verify, rebuild, export, serve."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.cli.command import cli, opened, progress_shown
from index.cli.options import json_option
from index.cli.printing import print_json
from index.cli.wrong_use import DONE, PARTLY
from index.errors import QueryError, SettingsError
from index.settings import Settings

if TYPE_CHECKING:
    from index.datatypes import Entry
    from index.library import Library


@cli.command()
@json_option
@click.pass_obj
def status(settings: Settings, as_json: bool) -> int:
    """资料库里有什么、占多少空间、哪些文件没有读入。"""
    with opened(settings) as library:
        value = library.status()
        failures = library.failures()
        partly_read = library.partly_read()
        held = library.held()
        away = library.away()
        files = library.files()
    if as_json:
        print_json(
            {
                "library": str(settings.library.absolute()),
                **asdict(value),
                "failures": [asdict(failure) for failure in failures],
                "partly_read": [asdict(partial) for partial in partly_read],
                "held": [asdict(one) for one in held],
                "away": [asdict(one) for one in away],
                "queue": [file.path for file in files if file.state == "queued"],
                "files": [asdict(file) for file in files],
            }
        )
        return DONE
    click.echo(f"资料库　{settings.library.absolute()}")
    click.echo(
        f"文档 {value.documents} 篇，段落 {value.paragraphs} 段，"
        f"句段 {value.passages} 条，共 {value.characters} 字"
    )
    click.echo(f"模型　　{value.encoder}")
    total = sum(value.bytes.values())
    click.echo(f"占用　　{total / 1e6:.1f} MB")
    for part, size in value.bytes.items():
        click.echo(f"　　　　{part} {size / 1e6:.1f} MB")
    for failure in failures:
        click.echo(f"没有读入 {failure.path}：{failure.reason}")
    for partial in partly_read:
        click.echo(f"没有读全 {partial.path}：{partial.reason}")
    for one in held:
        click.echo(f"等待确认 {one.path}：{one.reason}")
    for one in away:
        click.echo(f"现在看不到 {one.path}：{one.reason}")
    waiting = sum(file.state == "queued" for file in files)
    if waiting:
        click.echo(f"还有 {waiting} 个文件等待读入")
    return DONE


@cli.command()
@json_option
@click.pass_obj
def verify(settings: Settings, as_json: bool) -> int:
    """检查资料库是否完好。"""
    with opened(settings) as library:
        problems = library.verify()
    if as_json:
        print_json({"problems": [asdict(problem) for problem in problems]})
    elif not problems:
        click.echo("资料库完好。")
    else:
        for problem in problems:
            click.echo(problem.message)
        if any(problem.mends for problem in problems):
            click.echo("运行 xunzhang rebuild 可以修复。", err=True)
    return PARTLY if problems else DONE


@cli.command()
@click.option("--reencode", is_flag=True, help="用现在的模型重新编码全部段落。")
@json_option
@click.pass_obj
def rebuild(settings: Settings, reencode: bool, as_json: bool) -> int:
    """重做索引；已有的编码会沿用。"""
    with opened(settings) as library, progress_shown() as report:
        library.rebuild(reencode=reencode, progress=report)
        problems = library.verify()
    if as_json:
        print_json({"problems": [asdict(problem) for problem in problems]})
    else:
        click.echo("已重做，资料库完好。" if not problems else problems[0].message)
    return PARTLY if problems else DONE


@cli.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到这个文件；不写则输出到屏幕。",
)
@click.pass_obj
def export(settings: Settings, output: Path | None) -> int:
    """把全部文档导出为 .jsonl，一行一篇，可以再导入。"""
    with opened(settings) as library:
        lines = (_document_json(library, entry) for entry in library.documents())
        if output is None:
            for line in lines:
                click.echo(line)
        else:
            unfinished = output.with_name(f"{output.name}.part")
            try:
                with unfinished.open("w", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in lines)
                unfinished.replace(output)  # whole or not at all
            except OSError as error:
                raise QueryError(
                    f"不能写入 {output}（{error.strerror}），请换一个可以写入的位置。"
                ) from error
    return DONE


def _document_json(library: Library, entry: Entry) -> str:
    value = {
        "id": entry.external_id or str(entry.id),
        "title": entry.title,
        "paragraphs": [paragraph.text for paragraph in library.paragraphs(entry.id)],
        "year": entry.year,
        "unit": entry.unit,
        "kind": entry.kind,
        "path": entry.path,
    }
    return json.dumps(value, ensure_ascii=False)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), help="端口，默认 8501。")
@click.option("--no-browser", is_flag=True, help="不自动打开浏览器。")
@click.pass_obj
def serve(settings: Settings, port: int | None, no_browser: bool) -> int:
    """打开网页（只在本机 127.0.0.1 可用）。"""
    import os
    import subprocess

    import index

    app = Path(index.__file__).resolve().parent.parent / "app.py"
    if not app.is_file():
        raise SettingsError(f"找不到网页程序 {app}，请在寻章的文件夹里运行。")
    # the page runs in another folder: what holds here goes along, paths made absolute
    model = Path(settings.model)
    shown = replace(
        settings,
        library=settings.library.absolute(),
        data_folder=settings.data_folder.absolute(),
        model=str(model.absolute()) if model.exists() else settings.model,
    )
    environ = {**os.environ, **{f"XUNZHANG_{k.upper()}": str(v) for k, v in asdict(shown).items()}}
    command = [
        sys.executable,
        *("-m", "streamlit", "run", str(app)),
        f"--server.port={port or settings.port}",
        f"--server.headless={'true' if no_browser else 'false'}",
    ]
    # run where .streamlit/config.toml lies: Streamlit looks for it in the working folder
    return subprocess.call(command, env=environ, cwd=app.parent)
