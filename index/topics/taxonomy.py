"""The topics in force: those that ship, changed and extended by the library's own file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from index.errors import TopicError


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the taxonomy."""

    name: str
    description: str
    phrases: tuple[str, ...]
    exclusions: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The topics in force: those that ship, changed and extended by the library's topics.toml."""

    topics: tuple[Topic, ...]

    @classmethod
    def load(cls, folder: Path | None = None) -> Taxonomy:
        """Read the shipped topics and `folder`/topics.toml, whose topics win by name.

        Raises TopicError with the file and what is wrong in it.
        """
        shipped = resources.files("index") / "topics.toml"
        topics = {t.name: t for t in _parse(shipped.read_text(encoding="utf-8"), "topics.toml")}
        own = folder / "topics.toml" if folder else None
        if own and own.is_file():
            try:
                text = own.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise TopicError(f"{own} 不是 UTF-8 文字，请用记事本另存为 UTF-8。") from error
            topics.update({t.name: t for t in _parse(text, str(own))})
        return cls(tuple(topics.values()))

    def __getitem__(self, name: str) -> Topic:
        for topic in self.topics:
            if topic.name == name:
                return topic
        raise TopicError(
            f"没有名为“{name}”的专题，现有：{'、'.join(topic.name for topic in self.topics)}。"
        )


def _parse(text: str, where: str) -> list[Topic]:
    try:
        stored = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TopicError(f"{where} 不是有效的 TOML 文件（{error}），请改正。") from error
    topics = []
    tables: Any = stored.get("topic", [])
    known = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
    if not known or set(stored) - {"topic"}:
        raise TopicError(f"{where} 里每个专题要以 [[topic]] 开头，请改正。")
    for number, table in enumerate(tables, start=1):
        unknown = set(table) - {"name", "description", "phrases", "exclusions", "examples"}
        if unknown:
            raise TopicError(f"{where} 第 {number} 个专题里有不认识的项“{sorted(unknown)[0]}”。")
        name, phrases = table.get("name"), table.get("phrases", [])
        exclusions, description = table.get("exclusions", []), table.get("description") or name
        examples = table.get("examples", [])
        if not isinstance(name, str) or not name.strip():
            raise TopicError(f"{where} 第 {number} 个专题没有名称（name），请补上。")
        if not isinstance(description, str):
            raise TopicError(f"{where} 专题“{name}”的 description 应是一句话，请加上引号。")
        for key, value, what in (
            ("phrases", phrases, "词语"),
            ("exclusions", exclusions, "词语"),
            ("examples", examples, "句子"),
        ):
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                raise TopicError(f"{where} 专题“{name}”的 {key} 应是一列{what}，请改正。")
        topics.append(
            Topic(name.strip(), description, tuple(phrases), tuple(exclusions), tuple(examples))
        )
    return topics
