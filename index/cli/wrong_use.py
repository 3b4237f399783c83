"""Wrong use -> a Chinese sentence and an exit code, instead of click's English."""

from __future__ import annotations

from typing import Any

import click

from index.errors import (
    LibraryError,
    QueryError,
    SettingsError,
    TopicError,
    UnknownDocument,
    UnknownParagraph,
)

DONE, PARTLY, WRONG_USE, UNUSABLE = 0, 1, 2, 3


# What the person typed is wrong, not the library.
ERRORS = (QueryError, TopicError, UnknownParagraph, UnknownDocument, SettingsError)


class ChineseGroup(click.Group):
    """A group whose messages about wrong use are Chinese sentences."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            return super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "")
            return DONE
        except click.UsageError as error:
            click.echo(f"用法不对：{_sentence(error)}", err=True)
            if error.ctx is not None:
                click.echo(f"运行 {error.ctx.command_path} --help 查看用法。", err=True)
            return WRONG_USE
        except click.Abort:
            click.echo("已中断。已经读入和编码的内容都保留着，再运行一次会接着做。", err=True)
            return 130
        except ERRORS as error:
            click.echo(str(error), err=True)
            return WRONG_USE
        except LibraryError as error:
            click.echo(str(error), err=True)
            return UNUSABLE


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}？" if error.possibilities else "。"
        return f"没有 {error.option_name} 这个选项{near}"
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_name(error)}。"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} 的值不能用：{_expected(error)}"
    if error.message.startswith("No such command"):
        commands = error.ctx.command.list_commands(error.ctx) if error.ctx else []  # type: ignore[attr-defined]
        return f"没有这个命令，可用的有：{'、'.join(commands)}。"
    if error.message.startswith("Missing command"):
        return "缺少命令，例如 search。"
    if "unexpected extra argument" in error.message:
        return "多出了一些字；要找的话里有空格时，请用引号把整句括起来。"
    return error.message


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return ""
    names = [name for name in error.param.opts if name.startswith("-")]
    return names[-1] if names else error.param.human_readable_name


def _expected(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.IntRange):
        bounds = f"{kind.min} 到 {kind.max}" if kind.max is not None else f"{kind.min} 以上"
        return f"应是 {bounds} 的整数。"
    if isinstance(kind, click.FloatRange):
        return f"应是 {kind.min:g} 到 {kind.max:g} 的数，例如 0.5。"
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))}。"
    if isinstance(kind, click.Path):
        return "这是一个文件夹，请写一个文件名。"
    return error.message
