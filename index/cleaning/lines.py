"""Lines under work, and the log of what was taken from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from index.datatypes import Block, Removal

RULES: Final[dict[str, str]] = {
    "paywall": "付费标记（##paidbegin## 一类）",
    "advert": "广告、推销和加群加微信的话",
    "furniture": "网页按钮、来源时间、责任编辑、上一篇下一篇等网页自带的内容",
    "infobox": "公文网页的信息栏（索引号、主题分类、发文字号等）",
    "licence": "网页末尾的版权声明",
    "page_number": "页码",
    "header": "每页重复的页眉页脚",
    "contents": "目录（文字与正文标题相同）",
    "printing": "公文末尾的抄送、印发栏",
    "repeated_title": "又写了一遍的标题",
    "ornament": "只有分隔符号的行",
    "noise": "网页防复制的乱码",
    "unreadable": "无法显示的字符",
    "invisible": "看不见的字符（零宽字符、控制字符），只计个数",
    "radicals": "部首字符改成了普通汉字，只计个数",
    "width": "全角字母和数字改成了半角，只计个数",
    "spaces": "汉字之间多余的空格，只计处数",
    "indent": "行首行尾的空白，只计处数",
}
"""Short name -> what the rule takes away, for people."""

TYPOGRAPHIC: Final = frozenset({"invisible", "radicals", "width", "spaces", "indent"})
"""Rules that lose no word; each leaves at most one Removal a document, with a count."""


@dataclass(slots=True)
class Line:
    block: Block
    origin: int
    joins_next: bool = False
    """A paywall mark stood at its end: the sentence may go on in the next line."""

    @property
    def text(self) -> str:
        return self.block.text

    def with_text(self, text: str) -> Line:
        if text == self.block.text:
            return self
        return Line(replace(self.block, text=text), self.origin, self.joins_next)


class Log:
    """Removals in the order of the document, typographic ones added up."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[Removal] = []
        self._counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def take(self, rule: str, text: str, origin: int) -> None:
        self.size += 1
        self._pieces.append(Removal(rule, text, origin))

    def count(self, rule: str, times: int, origin: int) -> None:
        self.size += 1
        self._counts[rule] += times
        self._first.setdefault(rule, origin)

    def removals(self) -> tuple[Removal, ...]:
        pieces = sorted(self._pieces, key=lambda removal: removal.block)
        counted = (
            Removal(rule, f"{self._counts[rule]}处", self._first[rule])
            for rule in RULES
            if rule in self._counts
        )
        return (*pieces, *counted)
