"""What is not the author's text: adverts, paywall marks, page furniture, scraper noise.

`clean` keeps the author's words, placeholders included (X项, *次, ××局, 某), and says what it took
away. Every rule is a line of `RULES`; the cases are files under tests/cases/cleaning.

Typographic rules (indent, spaces, width, radicals, invisible) change how words are written, not
which words: they are counted, one Removal for the whole document whose text is that count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from index.datatypes import Block, Removal
from index.outline import classify
from index.text import RADICALS, unify_radicals

RULES: Final[dict[str, str]] = {
    "paywall": "付费标记（##paidbegin## 一类）",
    "advert": "广告、推销和加群加微信的话",
    "furniture": "网页按钮、来源时间、责任编辑、上一篇下一篇等网页自带的内容",
    "infobox": "公文网页的信息栏（索引号、主题分类、发文字号等）",
    "licence": "网页末尾的版权声明",
    "page_number": "页码",
    "header": "每页重复的页眉页脚",
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


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left, and what was taken away, in the order of the document."""

    blocks: tuple[Block, ...]
    removals: tuple[Removal, ...]


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Take away what is not the author's; cleaning what is clean changes nothing.

    >>> cleaned = clean([Block("　　会议强调，要##paidbegin##抓好整改。"), Block("打印 关闭"), Block("- 1 -")])
    >>> [block.text for block in cleaned.blocks]
    ['会议强调，要抓好整改。']
    >>> [(removal.rule, removal.text) for removal in cleaned.removals]
    [('paywall', '##paidbegin##'), ('furniture', '打印 关闭'), ('page_number', '- 1 -'), ('indent', '1处')]
    """
    lines = [_Line(block, position) for position, block in enumerate(blocks)]
    log = _Log()
    for _ in range(_MOST_ROUNDS):
        before = log.size
        lines = _round(lines, log)
        if log.size == before:
            break
    return Cleaned(tuple(line.block for line in lines), log.removals())


_MOST_ROUNDS = 6
"""What one rule joins or lays bare another may take away; two rounds settle real texts."""


@dataclass(slots=True)
class _Line:
    block: Block
    origin: int
    joins_next: bool = False
    """A paywall mark stood at its end: the sentence may go on in the next line."""

    @property
    def text(self) -> str:
        return self.block.text

    def with_text(self, text: str) -> _Line:
        if text == self.block.text:
            return self
        return _Line(replace(self.block, text=text), self.origin, self.joins_next)


class _Log:
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


def _round(lines: list[_Line], log: _Log) -> list[_Line]:
    lines = _drop_paywall_marks(lines, log)
    lines = [part for line in lines for part in _split_at_indents(line, log)]
    lines = [_tidy(line, log) for line in lines]
    lines = _drop_noise(lines, log)
    lines = _drop_adverts(lines, log)
    lines = _drop_furniture(lines, log)
    lines = _drop_page_edges(lines, log)
    lines = _drop_repeated_title(lines, log)
    return [line for line in lines if line.text or line.block.label]


# --- paywall marks ---------------------------------------------------------------------------

_PAYWALL = re.compile(r"\s*#{2,}\s*paid\s*(?:begin|end)\s*#{2,}\s*", re.IGNORECASE)
_SENTENCE_ENDS = "。！？；…!?;"
_CLOSERS = "”’」』）)】》"
_GOES_ON_AFTER = "，、：,（(“《和与及或的在对把将被为以从向由使让用按等并而且是了着"


def _drop_paywall_marks(lines: list[_Line], log: _Log) -> list[_Line]:
    result: list[_Line] = []
    for line in lines:
        open_before = bool(result) and result[-1].joins_next
        if "#" in line.text and _PAYWALL.search(line.text):
            for match in _PAYWALL.finditer(line.text):
                log.take("paywall", match.group().strip(), line.origin)
            opens = _PAYWALL.match(line.text) is not None
            closes = line.text.rstrip().endswith("#")
            text = _PAYWALL.sub("", line.text)
            if not text.strip():
                if result:
                    result[-1].joins_next = True
                continue
            line = line.with_text(text)
            line.joins_next = closes
            open_before = open_before or (opens and bool(result))
        if open_before and _goes_on(result[-1].text, line.text):
            joined = result[-1].with_text(result[-1].text.rstrip() + line.text.strip())
            joined.joins_next = line.joins_next
            result[-1] = joined
            continue
        if open_before:
            result[-1].joins_next = False
        result.append(line)
    return result


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence that a mark broke off in `before` goes on in `after`."""
    before, after = before.strip(), after.strip()
    if not before or not after or before.rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS:
        return False
    if before[-1] in _GOES_ON_AFTER or after[0] in "，。、；：！？）”》":
        return True
    if classify(after) is not None:
        return False
    # a heading or a title has no full stop either, but it is short and holds no sentence
    return len(before) > 40 or (len(before) > 16 and any(mark in before for mark in "。；"))


# --- how words are written -------------------------------------------------------------------

_SPACE = " \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_INDENT_BREAK = re.compile(rf"(?<=[。！？；：”）…])[{_SPACE}]*\u3000{{2,}}[{_SPACE}]*(?=\S)")
_LEAST_ONE_LINE = 120
"""Characters of a line in which two full-width spaces stand for a paragraph break."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ue000-\uf8ff]+"
)
_UNREADABLE = re.compile("[\ufffd\ufffe\uffff]+")
_RADICAL = re.compile("[\u2e80-\u2fd5]")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
_ODD = re.compile(
    rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    rf"\u2e80-\u2fd5\ufe00-\ufe0f\ufeff\ufff9-\uffff\ue000-\uf8ff０-９Ａ-Ｚａ-ｚ]|[{_SPACE}\n]"
)
"""Any character that the rules of this part look at: most lines have none."""

_PUNCTUATION = "，。、；：！？“”‘’（）《》〈〉【】「」『』〔〕"
_UNIT = "年月日号时分秒个名人次项条篇万亿元件期场届级支家户余多批份张处所对组类章节课位岁%％"
_SPACES = re.compile(
    rf"""
    (?P<beside>(?<=[{_PUNCTUATION}])[{_SPACE}]+ | [{_SPACE}]+(?=[{_PUNCTUATION}]))
  | (?P<spread>(?<![{_HAN}])[{_HAN}](?:(?P<gap>[{_SPACE}]+)[{_HAN}](?:(?P=gap)[{_HAN}])*)(?![{_HAN}]))
  | (?P<quantity>(?<=[{_HAN}])[{_SPACE}]+(?=\d+[{_SPACE}]*[{_UNIT}])|(?<=\d)[{_SPACE}]+(?=[{_UNIT}]))
  | (?P<run>[{_SPACE}]{{2,}}|[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000])
    """,
    re.VERBOSE,
)


def _split_at_indents(line: _Line, log: _Log) -> list[_Line]:
    """Paragraphs of a one-line text, which only two full-width spaces set apart."""
    text = line.text
    if len(text) < _LEAST_ONE_LINE or "\u3000\u3000" not in text.lstrip():
        return [line]
    parts = [part for part in _INDENT_BREAK.split(text) if part.strip()]
    if len(parts) < 2:
        return [line]
    # the title in front of the first indent: it has no full stop that would show the break
    first = re.split("\u3000{2,}", parts[0].strip(), maxsplit=1)
    if len(first) == 2 and len(first[0]) <= 40:
        parts[:1] = first
    log.count("indent", len(parts) - 1, line.origin)
    return [line.with_text(part) for part in parts]


def _tidy(line: _Line, log: _Log) -> _Line:
    text = line.text
    if _ODD.search(text) is None:
        return line
    origin = line.origin
    if found := _UNREADABLE.findall(text):
        log.take("unreadable", "".join(found), origin)
        text = _UNREADABLE.sub("", text)
    if found := _INVISIBLE.findall(text):
        log.count("invisible", sum(map(len, found)), origin)
        text = _INVISIBLE.sub("", text)
    if found := [c for c in _RADICAL.findall(text) if ord(c) in RADICALS]:
        log.count("radicals", len(found), origin)
        text = unify_radicals(text)
    if found := _WIDE.findall(text):
        log.count("width", len(found), origin)
        text = text.translate(_NARROW)
    stripped = text.strip()
    if stripped != text:
        log.count("indent", 1, origin)
        text = stripped
    if line.block.kind != "row":
        single, times = _SPACES.subn(_respace, text)
        single, broken = _join_broken_words(single)
        if single != text:
            log.count("spaces", times + broken, origin)
            text = single.strip()
    return line.with_text(text)


def _respace(match: re.Match[str]) -> str:
    if match.lastgroup == "run":
        return " "
    if match["spread"]:
        # 总 则 and 龚 正 are words of two characters set apart; 李 强　　王 毅 stay two
        return re.sub(rf"[{_SPACE}]+", "", match.group())
    return ""


_IN_SENTENCE = re.compile(rf"(?P<held>“[^“”]*”|《[^《》]*》|‘[^‘’]*’)|(?<=[{_HAN}]) (?=[{_HAN}])")
_LEAST_SENTENCE = 30
_COMPLETE_TITLE = re.compile(
    r"[^，。；：,;:]{2,40}(?:总结|报告|计划|要点|方案|通知|意见|讲话|汇报|材料|体会)$"
)


def _join_broken_words(text: str) -> tuple[str, int]:
    """Spaces between Chinese characters in the middle of a sentence, as OCR leaves them.

    They stay in short lines and quotations (“喜迎盛会 奋进征程”), where they set phrases apart, and
    after a head or a title with which the line begins.
    """
    if len(text) < _LEAST_SENTENCE or " " not in text:
        return text, 0
    if "。" not in text and "；" not in text and text.count("，") + text.count(",") < 2:
        return text, 0
    times = 0

    def joined(match: re.Match[str]) -> str:
        nonlocal times
        if match["held"]:
            return match.group()
        before = text[: match.start()]
        if " " not in before and (
            _COMPLETE_TITLE.match(before)
            or (len(before) <= _LEAST_SENTENCE and not re.search("[，。；,;]", before))
            and classify(before) is not None
        ):
            return " "
        times += 1
        return ""

    return _IN_SENTENCE.sub(joined, text), times


# --- scraper noise ---------------------------------------------------------------------------

_NOISE = re.compile(r"(?<![!-~])[!-~]{1,3}(?:[ ]+[!-~]{1,3}){3,}(?![!-~])")
_NOISE_SIGNS = set("\"#$%&'*+<=>?@[\\]^_`{|}~!")


def _drop_noise(lines: list[_Line], log: _Log) -> list[_Line]:
    """`* H+ y; y/ b5 V" o2`: signs and letters that some forums put between the words."""
    result = []
    for line in lines:
        text = line.text
        if "  " in text or " " in text:
            pieces = [m for m in _NOISE.finditer(text) if _is_noise(m.group())]
            for match in reversed(pieces):
                log.take("noise", match.group(), line.origin)
                text = text[: match.start()].rstrip() + text[match.end() :].lstrip()
        result.append(line.with_text(text))
    return result


def _is_noise(piece: str) -> bool:
    tokens = piece.split()
    letters = sum(any(c.isalpha() for c in token) for token in tokens)
    signs = {c for c in piece if c in _NOISE_SIGNS}
    words = sum(token.isalpha() and len(token) > 1 for token in tokens)
    return letters >= 2 and len(signs) >= 2 and words <= len(tokens) // 5


# --- adverts ---------------------------------------------------------------------------------

_ADVERT_HINT = re.compile(
    r"素材|代笔|代写|润笔|会员|svip|vip|客服|公众号|微信|威信|QQ|Q群|网盘|加群|进群|扫码|二维码|范文"
    r"|文库|www\.|http|谨防假冒|接单|下载|\.com|\.cn|V信|v信|VX|vx",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"""
    【[^】]{0,16}(?:素材库|素材网|代笔|代写|文库|范文网?|网盘|资料库|材料网)[^】]{0,8}】\s*[-—:：]
  | ^【[^】]{0,16}(?:素材库|素材网|代笔|代写)[^】]{0,8}】
  | s?vip\s*会员 | 会员\s*s?vip | 素材库[^，。]{0,4}(?:s?vip|会员)
  | 网盘群 | 会员群
  | (?:加入|开通|购买|成为|注册)(?:本站|我们|本库|本平台)?(?:永久|终身|年度|网站|素材)?会员
    (?:即可|可享|后|[，,]?\s*(?:免费|享|查看|阅读|下载|解锁|畅))
  | ^(?:更多|请|欢迎|点击)[^。]{0,16}(?:加入|开通|购买|成为)会员[。！!]?$
  | 每[天日]更新(?:材料|素材|文章|资料)\s*\d*
  | 谨防假冒 | 认准[^，。]{1,10}(?:唯一|官方)(?:平台|客服|公众号)
  | 代笔[^，。]{0,4}(?:客服|润笔|服务|业务|接单|联系) | 各类代笔 | (?:代笔|代写)[（(]?润笔 | 代写代发
  | (?:代笔|代写)[^。]{0,30}(?:QQ|微信|VX|客服|电话|联系我)
  | 持续接单 | 接单中 | 代发布业务
  | (?:添加|咨询|联系|加)\s*(?:代笔)?客服\s*(?:微信|QQ|号)?\s*[:：]
  | (?:更多|海量|全套|完整)[^，。]{0,12}(?:材料|素材|范文|资料|文章|公文)[^。]{0,20}(?:关注|加入|扫码|请加|添加|联系|访问|登录|公众号|微信|QQ|下载)
  | (?:关注|搜索)[^，。]{0,12}公众号[^。]{0,16}(?:获取|领取|下载|回复|更多)
  | (?:扫码|扫描?(?:下方|上方)?二维码)[^。，]{0,8}(?:进群|入群|加群|领取|关注我们|关注公众号|加入(?:我们|会员|群))
  | (?:加|进|入)群\s*(?:请|领取|获取|下载|[:：])
  | 一键(?:精准搜索|快速查找|极速下载)
  | (?:本文|本材料|本资料|文章|资料|材料)(?:来自|来源于?|由|出自)[^，。]{0,16}(?:素材库|素材网|文库|范文网|资料网|网站|公众号)[^，。]{0,10}(?:整理|提供|发布|分享|[，。]|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:QQ群?|Q群|qq群?|微信号?|威信|V信|v信|VX|vx|wx|公众号|客服|加v)(?:号码?)?\s*[:：为]?\s*(?:[A-Za-z][A-Za-z0-9_-]{4,19}|\d[\d ]{4,15})",
)
_SELLING = re.compile(
    r"会员|s?vip|客服|公众号\s*[:：]|微信\s*[:：]|QQ\s*[:：]|网盘|素材(?:库|网|需求)|范文|文库|免费下载|立即下载|扫码|二维码|加群|进群"
    r"|代笔|代写|润笔|接单|各位小伙伴|小伙伴|请联系\s*[:：]|有意加入|www\.|https?://|\.com\b|资源共享|海量",
    re.IGNORECASE,
)
_NOT_ADVERT = re.compile(r"严禁|杜绝|禁止|不得|严查|联系人|投诉|举报|报名|咨询电话")
_ADVERT_PIECES = re.compile(r"[^。！？!?；;\n【]*(?:【[^】]*】)?[^。！？!?；;\n【]*[。！？!?；;]*")


def _drop_adverts(lines: list[_Line], log: _Log) -> list[_Line]:
    result = []
    for line in lines:
        if _ADVERT_HINT.search(line.text) is None:
            result.append(line)
            continue
        kept, removed = _without_adverts(line.text)
        for piece in removed:
            log.take("advert", piece, line.origin)
        result.append(line.with_text(kept))
    return result


def _without_adverts(text: str) -> tuple[str, list[str]]:
    """The text without the sentences that sell something, and those sentences."""
    pieces = [match.group() for match in _ADVERT_PIECES.finditer(text) if match.group()]
    sells = [_sells(piece, len(text)) for piece in pieces]
    if not any(sells):
        return text, []
    # what stands between two adverts belongs to them where it is short
    last = None
    for i, selling in enumerate(sells):
        if selling:
            if last is not None and sum(map(len, pieces[last + 1 : i])) <= 60:
                sells[last:i] = [True] * (i - last)
            last = i
    rest = "".join(piece for piece, selling in zip(pieces, sells, strict=True) if not selling)
    if len(rest.strip()) < 30 and not rest.strip().endswith("。"):
        return "", [text]
    removed: list[str] = []
    for i, (piece, selling) in enumerate(zip(pieces, sells, strict=True)):
        if not selling:
            continue
        if i and sells[i - 1]:
            removed[-1] += piece
        else:
            removed.append(piece)
    return rest.strip(), removed


def _sells(piece: str, size: int) -> bool:
    if _STRONG.search(piece) and not _NOT_ADVERT.search(piece):
        return True
    kinds = {match.group()[:2].lower() for match in _SELLING.finditer(piece)}
    contact = _CONTACT.search(piece) is not None
    if _NOT_ADVERT.search(piece):
        return False
    if contact:
        return bool(kinds) and len(kinds) >= 2 or size <= 40
    return len(kinds) >= 3


# --- page furniture --------------------------------------------------------------------------

_BUTTONS = frozenset(
    "打印 关闭 下载 全屏 收藏 返回 首页 主页 加大 还原 减小 放大 缩小 默认 大 中 小 】 【 [ ] ： : | > › » "
    "【字号： 【字体： 【字号 字号： 字体： 字号 字体 分享 分享到 分享到： 微信 微博 新浪微博 腾讯微博 QQ空间 朋友圈 QQ好友 更多 打印本页 关闭本页 "
    "关闭窗口 打印文章 关闭页面 返回顶部 返回首页 返回列表 我要纠错 我要打印 加入收藏 推荐 复制链接 阅读全文 展开 收起 纠错 "
    "字号大 字号小 字号中 繁体 简体 无障碍 手机版 扫一扫 网站地图 联系我们 设为首页 上一篇 下一篇 上一条 下一条 上一页 下一页 "
    "加大字号 减小字号 发布者 朗读 语音播报 大中小".split()
)
_SURE_BUTTONS = frozenset(
    "打印 关闭 全屏 收藏 打印本页 关闭本页 关闭窗口 打印文章 关闭页面 返回顶部 返回首页 返回列表 我要纠错 我要打印 加入收藏 分享到 分享到： 复制链接 "
    "网站地图 设为首页 【字号： 【字体： 【字号 字号： 字体： 上一篇 下一篇 上一条 下一条 QQ空间 新浪微博 无障碍 大中小".split()
)
_ALONE = re.compile(
    r"""
    (?:打印本页|关闭本页|关闭窗口|返回顶部|返回首页|返回列表|我要纠错|加入收藏|设为首页|网站地图|阅读全文)
  | 扫一扫(?:在?手机(?:打开|浏览|查看)当前页(?:面)?|分享(?:到|至)?.{0,8}|.{0,6}二维码)
  | [【\[（(]?\s*字[号体]\s*[:：]?\s*(?:[大中小加减还原默认]+[\s|/·]*){1,6}[】\]）)]?.{0,12}
  | (?:上一[篇条页]|下一[篇条页]|前一篇|后一篇)\s*[:：].{0,60}
  | (?:相关(?:报道|阅读|链接|新闻|文章|稿件|附件)|延伸阅读|推荐阅读|热门推荐)\s*[:：]?
  | [（(\[【]?\s*(?:责任编辑|责编|网络编辑|本网编辑|编辑)\s*[:：].{1,24}
  | [（(\[【]\s*(?:来源|稿源|信息来源|文章来源)\s*[:：][^。]{1,30}[）)\]】]
  | (?:您?(?:现在|当前)(?:的)?位置|当前位置|您所在的位置)\s*[:：].{0,60}
  | (?:版权所有|Copyright|©).{0,60} | .{0,20}ICP备\s*\d+.{0,20} | .{0,12}公网安备\s*\d+.{0,10}
  | (?:点击|阅读|浏览|访问)(?:次数|量|数|率)?\s*[:：]\s*\[?\d+\]?次?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?P<sure>信息来源|文章来源|稿件来源|稿源|来源|发布时间|发布日期|更新时间|更新日期|阅读次数|点击次数|浏览次数|点击数|点击量|浏览量|阅读量|访问量|阅读|点击|浏览|责任编辑|责编|发布者|发布人|录入|字号|字体|供稿单位)"
    r"|(?P<maybe>时间|日期|作者|编辑|审核|供稿|文字|图片|摄影|撰稿|通讯员|初审|复审|终审|校对|文|图)"
)
_CREDITS = re.compile(
    rf"(?:[【\[（(]?\s*(?:{_CREDIT.pattern.replace('?P<sure>', '?:').replace('?P<maybe>', '?:')})"
    r"\s*[:：/]\s*[^:：。；，]{0,24}[】\]）)]?[\s|，,;；]*)+"
)
_DATE_ONLY = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
)
_LONGEST_FURNITURE = 90
# not * and X: a row of them may be the author's placeholder
_ORNAMENT = re.compile(r"(?:[=_~─━═—－–\-#·.。…+]\s?){5,}")


def _drop_furniture(lines: list[_Line], log: _Log) -> list[_Line]:
    lines = _drop_infobox(lines, log)
    lines = _drop_licence(lines, log)
    drop = [False] * len(lines)
    for i, line in enumerate(lines):
        text = line.text
        if text and len(text) <= _LONGEST_FURNITURE and line.block.kind != "row":
            drop[i] = _is_furniture(text, i, len(lines))
    _mark_button_runs(lines, drop)
    for i, line in enumerate(lines):
        if drop[i]:
            rule = "ornament" if _ORNAMENT.fullmatch(line.text) else "furniture"
            log.take(rule, line.text, line.origin)
    return [line for i, line in enumerate(lines) if not drop[i]]


def _is_furniture(text: str, position: int, total: int) -> bool:
    if _ALONE.fullmatch(text) or _ORNAMENT.fullmatch(text):
        return True
    words = text.replace("|", " ").replace("｜", " ").split()
    if len(words) > 1 and all(word in _BUTTONS for word in words):
        return any(word in _SURE_BUTTONS for word in words)
    if _CREDITS.fullmatch(text):
        labels = list(_CREDIT.finditer(text))
        if any(label.lastgroup == "sure" for label in labels):
            return True
        # 文字：某某 and 时间：2023-05-01 are a page's at its head and foot, else the author's
        value = re.sub(r"^[^:：]*[:：]\s*", "", text)
        if position < 12 and len(labels) == 1 and labels[0].group() in ("时间", "日期"):
            return re.match(r"\d{4}-\d{1,2}-\d{1,2}", value) is not None
        return position >= total - 8 and labels[0].group() not in ("时间", "日期", "作者")
    return False


def _mark_button_runs(lines: list[_Line], drop: list[bool]) -> None:
    """Buttons that stand one a line, as scraped pages have them: 下载, 打印, 【字号：, 加大 …"""
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and (drop[j] or lines[j].text in _BUTTONS):
            j += 1
        run = range(i, j)
        words = [lines[k].text for k in run if not drop[k]]
        neighbours = any(drop[k] for k in run)
        sure = sum(word in _SURE_BUTTONS for word in words)
        if words and (sure >= 2 or (sure and (neighbours or len(words) >= 3)) or neighbours):
            for k in run:
                drop[k] = True
        elif len(words) == 1 and words[0] in ("返回", "打印", "关闭") and i >= len(lines) - 3:
            drop[i] = True
        i = j + 1


_INFOBOX = re.compile(
    r"(?:索引号|信息索引|主题分类|主题词|发文机关|发文单位|发布机构|成文日期|发文日期|生成日期|标题|名称|信息名称|发文字号|文号|发布日期|有效性|公开方式|公开类别|公开范围|体裁分类|公文种类|内容概述)[:：]"
)


def _drop_infobox(lines: list[_Line], log: _Log) -> list[_Line]:
    """The table above the text on a government's page: at least four of its labels in a row."""
    head = lines[:60]
    labelled = [
        i
        for i, line in enumerate(head)
        if len(line.text) < 90 and _INFOBOX.match(re.sub(r"\s+", "", line.text))
    ]
    if len(labelled) < 4:
        return _drop_infobox_row(lines, log)
    first = labelled[0]
    # a bare label has its value in the next line; the last one (主题词：) mostly has none
    if any(second - earlier > 3 for earlier, second in pairwise(labelled)):
        return lines
    end = labelled[-1] + 1
    for line in lines[first:end]:
        log.take("infobox", line.text, line.origin)
    return lines[:first] + lines[end:]


def _drop_infobox_row(lines: list[_Line], log: _Log) -> list[_Line]:
    """The same table where its rows came as one line each (索引号：｜…｜主题分类：｜…)."""
    for i, line in enumerate(lines[:6]):
        if len(line.text) < 400 and len(_INFOBOX.findall(re.sub(r"\s+", "", line.text))) >= 4:
            log.take("infobox", line.text, line.origin)
            return lines[:i] + lines[i + 1 :]
    return lines


_LICENCE = re.compile(
    r"本作品(?:是|来自|在|原文)?.{0,40}(?:著作权|公有领域|版权|中华人民共和国的?$|中国共产党文件)|本作品是中华人民共和国的$"
)


def _drop_licence(lines: list[_Line], log: _Log) -> list[_Line]:
    """Wikisource's notice under a public document, to the end of the page."""
    tail = max(0, len(lines) - 60)
    if not any(line.text in ("Public domain", "公有领域") for line in lines[tail:]):
        return lines
    for i in range(tail, len(lines)):
        if _LICENCE.match(lines[i].text):
            for line in lines[i:]:
                log.take("licence", line.text, line.origin)
            return lines[:i]
    return lines


# --- page numbers and running heads ----------------------------------------------------------

_PAGE_NUMBER = re.compile(
    r"[-—–－―·]{1,2}\s*\d{1,4}\s*[-—–－―·]{1,2}"
    r"|第?\s*\d{1,4}\s*页\s*[,，/|、]?\s*[（(]?\s*共\s*\d{1,4}\s*页\s*[）)]?"
    r"|第\s*\d{1,4}\s*页|Page\s*\d{1,4}(?:\s*of\s*\d{1,4})?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\d{1,4}|\d{1,4}\s*/\s*\d{1,4}")
_LONGEST_RUNNING_HEAD = 40


def _drop_page_edges(lines: list[_Line], log: _Log) -> list[_Line]:
    numbers = [_PAGE_NUMBER.fullmatch(line.text) is not None for line in lines]
    edges = _page_edges(lines, numbers)
    for i in edges:
        if lines[i].block.page is not None and _BARE_NUMBER.fullmatch(lines[i].text):
            numbers[i] = True
    repeated = _running_heads(lines, edges, numbers)
    result = []
    for i, line in enumerate(lines):
        if numbers[i]:
            log.take("page_number", line.text, line.origin)
        elif i in repeated:
            log.take("header", line.text, line.origin)
        else:
            result.append(line)
    return result


def _page_edges(lines: list[_Line], numbers: list[bool]) -> set[int]:
    """Lines at the top or bottom of a page: by the format's pages, else beside page numbers."""
    edges: set[int] = set()
    if any(line.block.page is not None for line in lines):
        pages: dict[int | None, list[int]] = {}
        for i, line in enumerate(lines):
            pages.setdefault(line.block.page, []).append(i)
        for members in pages.values():
            edges.update(members[:2] + members[-2:])
        return edges
    for i, number in enumerate(numbers):
        if number:
            edges.update(k for k in (i - 1, i + 1) if 0 <= k < len(lines))
    return edges


def _running_heads(lines: list[_Line], edges: set[int], numbers: list[bool]) -> set[int]:
    """The same short line on at least three pages and half of them; its first stays on page 1."""
    same: dict[str, list[int]] = {}
    for i in sorted(edges):
        text = lines[i].text
        if not numbers[i] and 0 < len(text) <= _LONGEST_RUNNING_HEAD:
            same.setdefault(re.sub(r"\d+", "0", text), []).append(i)
    pages = {line.block.page for line in lines} - {None}
    count = len(pages) or sum(numbers)
    heads: set[int] = set()
    for members in same.values():
        if len(members) >= 3 and len(members) * 2 >= count:
            # a title that runs on as head of the later pages
            heads.update(members[1:] if members[0] <= 1 else members)
    return heads


# --- titles that stand twice -----------------------------------------------------------------

_HEAD_LINES = 12
_LEAST_CUT_TITLE = 12


def _drop_repeated_title(lines: list[_Line], log: _Log) -> list[_Line]:
    """The title once more below itself, in one line or broken over up to four.

    Where the first line is only the beginning of the second, cut off, the first goes.
    """
    lines = [line for line in lines if line.text or line.block.label]
    if len(lines) < 2 or lines[0].block.kind == "row":
        return lines
    title = _squeeze(lines[0].text)
    following = _squeeze(lines[1].text)
    if len(title) >= _LEAST_CUT_TITLE and following != title and following.startswith(title):
        first, second = lines[0].text, lines[1].text
        rest = second[len(first) :]
        if second.startswith(first) and (rest[0].isspace() or _COMPLETE_TITLE.match(first)):
            # the title stands alone and once more in front of the text
            log.take("repeated_title", first, lines[1].origin)
            return [lines[0], lines[1].with_text(rest.strip()), *lines[2:]]
        log.take("repeated_title", first, lines[0].origin)
        return lines[1:]
    if not 4 <= len(title) <= 80 or title[-1] in "。；：:":
        return lines
    # in the lower half it is a signature, or the author's own
    for i in range(1, min(_HEAD_LINES, len(lines) // 2 + 1)):
        piece = ""
        for j in range(i, min(i + 4, len(lines))):
            piece += _squeeze(lines[j].text)
            if piece == title and lines[j].block.kind != "row":
                for line in lines[i : j + 1]:
                    log.take("repeated_title", line.text, line.origin)
                return lines[:i] + lines[j + 1 :]
            if not title.startswith(piece):
                break
    return lines


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
