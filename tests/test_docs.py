"""Everything a person can type, set or run into is documented, and nothing else is."""

from __future__ import annotations

import ast
import re
from dataclasses import MISSING, fields
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from index import cli as command_line
from index import errors
from index.cli import wrong_use
from index.datatypes import Entry, Family, FileFailure, Hit, Source, SyncResult
from index.errors import LibraryError
from index.library import Problem, Status
from index.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])

Row = list[str]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(text: str) -> list[Row]:
    """The cells of every line of every table, heads left out."""
    found = []
    lines = text.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("| ") and not any(re.match(r"\|[ |:-]+\|$", x) for x in (line, below)):
            found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def sections(text: str) -> dict[str, str]:
    """Heading (second level) -> what stands below it; "" for the text above the first."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


COMMANDS = sections(read("docs/commands.md"))


def section(command: str) -> str:
    (text,) = [
        body
        for head, body in COMMANDS.items()
        if re.match(rf"`xunzhang {re.escape(command)}[ `]", head)
    ]
    return text


def documented_options(command: str) -> dict[str, str]:
    """Name of an option -> its meaning, from the command's table."""
    return {
        match[1]: " ".join(row[1:])
        for row in rows(section(command))
        if (match := re.match(r"`(--?[a-z-]+)[ `]", row[0]))
    }


def options(command: str) -> dict[str, click.Option]:
    return {
        param.opts[-1]: param
        for param in command_line.cli.commands[command].params
        if isinstance(param, click.Option)
    }


# --- commands --------------------------------------------------------------------------------


def test_every_command_has_its_section_and_every_section_a_command() -> None:
    documented = {match[1] for head in COMMANDS if (match := re.match(r"`xunzhang ([a-z]+)", head))}
    assert documented == set(command_line.cli.commands)


@pytest.mark.parametrize("command", sorted(command_line.cli.commands))
def test_every_option_is_documented_and_no_other(command: str) -> None:
    assert set(documented_options(command)) == set(options(command))


@pytest.mark.parametrize("command", sorted(command_line.cli.commands))
def test_choices_and_defaults_are_the_real_ones(command: str) -> None:
    documented = documented_options(command)
    for name, option in options(command).items():
        if isinstance(option.type, click.Choice):
            for choice in option.type.choices:
                assert f"`{choice}`" in documented[name], name
        if isinstance(option.default, int) and not option.is_flag:
            assert f"{option.default} unless told" in documented[name], name
        if isinstance(option.type, click.IntRange) and (option.type.max or 0) > 1000 > 0:
            limits = f"{option.type.min} to {option.type.max}"
            assert option.name == "port" or limits in documented[name], name


@pytest.mark.parametrize("command", sorted(command_line.cli.commands))
def test_arguments_stand_in_the_heading(command: str) -> None:
    (head,) = [head for head in COMMANDS if re.match(rf"`xunzhang {command}[ `]", head)]
    for param in command_line.cli.commands[command].params:
        if isinstance(param, click.Argument):
            context = click.Context(command_line.cli.commands[command])
            assert param.make_metavar(context).strip("[]").removesuffix("...") in head


def test_options_of_the_program_itself_are_documented() -> None:
    for param in command_line.cli.params:
        assert any(re.search(rf"[` ]{name}[` ]", COMMANDS[""]) for name in param.opts), param.opts


@pytest.mark.parametrize("command", sorted(command_line.cli.commands))
def test_every_command_and_option_explains_itself_in_chinese(command: str) -> None:
    chinese = re.compile(r"[一-鿿]")
    assert chinese.search(command_line.cli.commands[command].help or "")
    for name, option in options(command).items():
        assert chinese.search(option.help or "") or name == "--json", name


def test_exit_codes_are_the_programs() -> None:
    codes = [int(row[0]) for row in rows(COMMANDS[""]) if row[0].isdigit()]
    program = [
        wrong_use.DONE,
        wrong_use.PARTLY,
        wrong_use.WRONG_USE,
        wrong_use.UNUSABLE,
    ]
    assert codes == [*program, 130]


@pytest.mark.parametrize(
    ("command", "kind", "hidden"),
    [
        ("add", SyncResult, set()),
        ("add", FileFailure, set()),
        ("remove", Entry, set()),
        ("search", Hit, {"words"}),
        ("search", Source, set()),
        ("search", Family, set()),
        ("status", Status, set()),
        ("status", FileFailure, set()),
        ("verify", Problem, set()),
    ],
)
def test_json_keys_are_documented(command: str, kind: type, hidden: set[str]) -> None:
    text = section(command)
    missing = [f.name for f in fields(kind) if f.name not in hidden and f'"{f.name}"' not in text]
    assert missing == []


# --- errors ----------------------------------------------------------------------------------


def tree(base: type[LibraryError]) -> set[type[LibraryError]]:
    return {base}.union(*(tree(below) for below in base.__subclasses__()))


def test_every_error_is_documented_with_its_exit_code() -> None:
    documented = {row[0].strip("`"): row[2] for row in rows(COMMANDS["Errors"])}
    # only those of the tree: a module may have one of its own that it catches itself
    classes = {error for error in tree(LibraryError) if error.__module__ == errors.__name__}
    typed = wrong_use.ERRORS
    expected = {error.__name__: "2" if issubclass(error, typed) else "3" for error in classes}
    assert documented == expected


def test_every_error_stands_in_the_tree_of_its_module() -> None:
    drawn = errors.__doc__ or ""
    for error in tree(LibraryError):
        if error.__module__ == errors.__name__:
            assert re.search(rf"\b{error.__name__}\b", drawn), error.__name__


# --- settings --------------------------------------------------------------------------------


def test_every_setting_is_documented_with_its_default() -> None:
    table = {row[0].strip("`"): row for row in rows(read("docs/settings.md"))}
    assert set(table) == {f"XUNZHANG_{f.name.upper()}" for f in fields(Settings)}
    for f in fields(Settings):
        row = table[f"XUNZHANG_{f.name.upper()}"]
        assert row[1] == f"`{f.name}`"
        if f.default is not MISSING:
            # as TOML writes it
            written = str(f.default).lower() if isinstance(f.default, bool) else f.default
            assert row[2] == f"`{written}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_setting_that_does_not_exist(page: Path) -> None:
    known = {f"XUNZHANG_{f.name.upper()}" for f in fields(Settings)}
    named = set(re.findall(r"XUNZHANG_[A-Z][A-Z_]*", page.read_text(encoding="utf-8")))
    assert named <= known


# --- pages -----------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The names that headings get: lower case, punctuation dropped, spaces to hyphens."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file) if file else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_first_page_names_what_it_shows(page: str) -> None:
    text = read(page)
    for needed in ("python scripts/start.py", "python scripts/test.py", "docs/page.png", "MIT"):
        assert needed in text
    for script in re.findall(r"scripts/\w+\.py", text):
        assert (ROOT / script).exists(), script


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_shown_are_commands(page: Path) -> None:
    """Every `xunzhang …` in a code block is accepted by the command line's own parser."""
    for block in re.findall(r"```[a-z]*\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            line = line.split("  #")[0]
            if not (match := re.search(r"(?:^|\s)xunzhang ((?!\[)\S.*)$", line)):
                continue
            words = re.findall(r"\"[^\"]*\"|\S+", match[1])
            if words[0] == "--library":
                words = words[2:]
            assert words[0] in command_line.cli.commands, line
            known = options(words[0])
            for word in words[1:]:
                if word.startswith("-"):
                    assert word in known, line


def test_pages_that_the_code_refers_to_exist() -> None:
    places = [*(ROOT / "index").rglob("*.py"), *(ROOT / "scripts").glob("*.py"), ROOT / "app.py"]
    named = {
        (match, place.name)
        for place in places
        for match in re.findall(r"docs/[\w.-]+\.(?:md|png)", place.read_text(encoding="utf-8"))
    }
    assert sorted((page, by) for page, by in named if not (ROOT / page).exists()) == []


def tree_of(page: str) -> list[str]:
    """The paths drawn in the page's tree, folders with a slash at the end."""
    (block,) = re.findall(r"```\n(pyproject\.toml.*?)```", read(page), re.DOTALL)
    found, folder = [], ""
    for line in block.splitlines():
        match = re.match(r"( *)(\S+)", line)
        if match is None or len(match[1]) > 2:
            continue  # a line that goes on
        folder = folder if match[1] else ""
        found.append(folder + match[2])
        if not match[1] and match[2].endswith("/"):
            folder = match[2]
    return found


@pytest.mark.parametrize("page", ["docs/design.md", "README.md", "README.zh-CN.md"])
def test_the_tree_that_is_drawn_exists(page: str) -> None:
    drawn = tree_of(page)
    assert len(drawn) >= 8
    assert [path for path in drawn if not (ROOT / path).exists()] == []


def test_the_design_draws_every_module() -> None:
    drawn = set(tree_of("docs/design.md"))
    modules = {
        f"index/{path.name}" + ("/" if path.is_dir() else "")
        for path in (ROOT / "index").iterdir()
        if (path.suffix == ".py" and path.name != "__init__.py")
        or (path.is_dir() and any(path.glob("*.py")))
    }
    assert modules - drawn == set()


def test_the_notice_names_every_package() -> None:
    notice = read("NOTICE")
    for line in read("constraints.txt").splitlines():
        if bare := line.split("#")[0].strip():
            name = re.escape(Requirement(bare).name)
            assert re.search(rf"^{name}\s+\S", notice, flags=re.MULTILINE), name


def test_every_script_explains_itself() -> None:
    for script in (ROOT / "scripts").glob("*.py"):
        assert ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))), script.name
