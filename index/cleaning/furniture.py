"""What a web page adds: buttons, credits, links, the table above an official document, licences."""

from __future__ import annotations

import re
from itertools import pairwise

from index.cleaning.lines import Line, Log

_BUTTON_WORDS = """
打印 关闭 下载 全屏 收藏 返回 首页 主页 加大 还原 减小 放大 缩小 默认 大 中 小 】 【 [ ] ： : |
> › » 【字号： 【字体： 【字号 字号： 字体： 字号 字体 字号大 字号小 字号中 大中小 加大字号
减小字号 分享 分享到 分享到： 微信 微博 新浪微博 腾讯微博 QQ空间 朋友圈 QQ好友 更多 推荐
复制链接 打印本页 关闭本页 关闭窗口 打印文章 关闭页面 返回顶部 返回首页 返回列表 我要纠错
我要打印 加入收藏 阅读全文 阅读原文
超大 在看 点赞 展开 收起 纠错 繁体 简体 无障碍 手机版 扫一扫 网站地图 联系我们
设为首页 发布者 朗读 语音播报 上一篇 下一篇 上一条 下一条 上一页 下一页
"""
_BUTTONS = frozenset(_BUTTON_WORDS.split())
_SURE_BUTTON_WORDS = """
打印 关闭 全屏 收藏 打印本页 关闭本页 关闭窗口 打印文章 关闭页面 返回顶部 返回首页 返回列表
我要纠错 我要打印 加入收藏 分享到 分享到： 复制链接 网站地图 设为首页 上一篇 下一篇 上一条
下一条 QQ空间 新浪微博 无障碍 大中小 【字号： 【字体： 【字号 字号： 字体：
"""
_SURE_BUTTONS = frozenset(_SURE_BUTTON_WORDS.split())
"""Of these one is enough to show that its neighbours are buttons, too."""
_ALONE = re.compile(
    r"""
    (?:打印本页|关闭本页|关闭窗口|返回顶部|返回首页|返回列表|我要纠错|加入收藏|设为首页|网站地图|阅读全文)
  | 扫一扫(?:在?手机(?:打开|浏览|查看)当前页(?:面)?|分享(?:到|至)?.{0,8}|.{0,6}二维码)
  | [【\[（(]?\s*字[号体]\s*[:：]?\s*(?:[大中小加减还原默认]+[\s|/·]*){1,6}[】\]）)]?.{0,12}
  | 分享(?:到|至)?\s*[:：]?\s*(?:(?:微信|微博|新浪微博|腾讯微博|朋友圈|QQ空间|QQ好友|更多)[\s|]*)+
  | (?:上一[篇条页]|下一[篇条页]|前一篇|后一篇)\s*[:：].{0,60}
  | (?:相关(?:报道|阅读|链接|新闻|文章|稿件|附件)|延伸阅读|推荐阅读|热门推荐)\s*[:：]?
  | [（(\[【]?\s*(?:责任编辑|责编|网络编辑|本网编辑|编辑)\s*[:：].{1,24}
  | [（(\[【]\s*(?:来源|稿源|信息来源|文章来源)\s*[:：][^。]{1,30}[）)\]】]
  | (?:您?(?:现在|当前)(?:的)?位置|您的位置|您所在的位置)\s*[:：].{0,60}
  | (?:网站|本站)?首页\s*(?:[>＞›»→]|-\s*>).{0,60}
  | (?:版权所有|Copyright|©).{0,60} | .{0,20}ICP备\s*\d+.{0,20} | .{0,12}公网安备\s*\d+.{0,10}
  | (?:点击|阅读|浏览|访问)(?:次数|量|数|率)?\s*[:：]?\s*\[?\d+\]?次?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SURE_CREDIT = (
    "信息来源|文章来源|稿件来源|稿源|来源|发布时间|发布日期|更新时间|更新日期"
    "|阅读次数|点击次数|浏览次数|点击数|点击量|浏览量|阅读量|访问量|阅读|点击|浏览"
    "|责任编辑|责编|发布者|发布人|录入|字号|字体|供稿单位"
)
_MAYBE_CREDIT = "时间|日期|作者|编辑|审核|供稿|文字|图片|摄影|撰稿|通讯员|初审|复审|终审|校对|文|图"
_CREDIT = re.compile(f"(?P<sure>{_SURE_CREDIT})|(?P<maybe>{_MAYBE_CREDIT})")
_CREDITS = re.compile(
    rf"(?:[【\[（(]?\s*(?:{_SURE_CREDIT}|{_MAYBE_CREDIT})"
    r"\s*[:：/]\s*[^:：。；，]{0,24}[】\]）)]?[\s|，,;；]*)+"
)
_PUBLISHED = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?\s*")
"""The date that stands in front of the credits: 2023-07-20 09:12 来源：…"""
_TIMED = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?")
_LONGEST_FURNITURE = 90
_HEAD = 12
"""Lines from the beginning in which a page says when it was published."""
_BETWEEN_BUTTONS = re.compile(r"[|｜【】\[\]·/]")
# not * and X: a row of them may be the author's placeholder
_ORNAMENT = re.compile(r"(?:[=_~─━═—－–\-#·.。…+]\s?){5,}")


_WHERE = re.compile("(?:您?(?:现在|当前)的?位置|您的位置|您所在的位置)[:：]")
_STEP = re.compile("(?:[>＞›»→]|-\\s*>)+")
_CRUMB = re.compile("[^\\d，。；：！？,;:!?]{1,16}")
"""A section of a website; a text's own title, last of the row, mostly has a year."""
_KINDS = ("报告", "总结", "讲话", "通知", "意见", "方案", "计划", "决定", "办法", "规定")


def drop_furniture(lines: list[Line], log: Log) -> list[Line]:
    lines = _drop_infobox(lines, log)
    lines = _drop_licence(lines, log)
    drop = [False] * len(lines)
    _mark_way_to_the_page(lines, drop)
    for i, line in enumerate(lines):
        text = line.text
        if text and len(text) <= _LONGEST_FURNITURE and line.block.kind != "row":
            drop[i] |= _is_furniture(text, i, len(lines))
    _mark_button_runs(lines, drop)
    for i, line in enumerate(lines):
        if drop[i]:
            rule = "ornament" if _ORNAMENT.fullmatch(line.text) else "furniture"
            log.take(rule, line.text, line.origin)
    return [line for i, line in enumerate(lines) if not drop[i]]


def _is_furniture(text: str, position: int, total: int) -> bool:
    if _ALONE.fullmatch(text) or _ORNAMENT.fullmatch(text):
        return True
    words = _BETWEEN_BUTTONS.sub(" ", text).split()
    if len(words) > 1 and all(word in _BUTTONS for word in words):
        return any(word in _SURE_BUTTONS for word in words)
    if position < _HEAD and _TIMED.fullmatch(text):
        return True
    if _CREDITS.fullmatch(text, published.end() if (published := _PUBLISHED.match(text)) else 0):
        labels = list(_CREDIT.finditer(text))
        if any(label.lastgroup == "sure" for label in labels):
            return True
        # 文字：某某 and 时间：2023-05-01 are a page's at its head and foot, else the author's
        value = re.sub(r"^[^:：]*[:：]\s*", "", text)
        if position < _HEAD and len(labels) == 1 and labels[0].group() in ("时间", "日期"):
            return re.match(r"\d{4}-\d{1,2}-\d{1,2}", value) is not None
        return position >= total - 8 and labels[0].group() not in ("时间", "日期", "作者")
    return False


def _mark_way_to_the_page(lines: list[Line], drop: list[bool]) -> None:
    """您的位置：首页 > 新闻 > 要闻, one piece a line, as scraped pages have it at their head.

    The last piece stays where it may be the title of the text, which stands nowhere else.
    """
    texts = [line.text for line in lines[: 2 * _HEAD]]
    for start, text in enumerate(texts[:_HEAD]):
        if drop[start] or not (_WHERE.fullmatch(text) or text == "首页"):
            continue
        end = start if text == "首页" else start + 1
        pieces = 0
        while (
            end + 2 < len(texts)
            and _CRUMB.fullmatch(texts[end])
            and _STEP.fullmatch(texts[end + 1])
        ):
            end += 2
            pieces += 1
        if not pieces:
            continue
        last = texts[end]
        again = end + 1 < len(texts) and texts[end + 1] == last
        if again or (_CRUMB.fullmatch(last) and not last.endswith(_KINDS)):
            end += 1
        for at in range(start, end + (again and not last.endswith(_KINDS))):
            drop[at] = True


def _mark_button_runs(lines: list[Line], drop: list[bool]) -> None:
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
    "(?:索引号|信息索引|主题分类|主题词|发文机关|发文单位|发布机构|成文日期|发文日期|生成日期|标题|名称"
    "|信息名称|发文字号|文号|发布日期|有效性|公开方式|公开类别|公开范围|体裁分类|公文种类|内容概述)[:：]"
)


def _drop_infobox(lines: list[Line], log: Log) -> list[Line]:
    """The table above the text on a government's page: at least four of its labels in a row."""
    head = lines[:60]
    labelled = [
        i
        for i, line in enumerate(head)
        if len(line.text) < 90 and _INFOBOX.match(re.sub(r"\s+", "", line.text))
    ]
    if len({head[i].text for i in labelled}) < 4:
        return _drop_infobox_row(lines, log)
    first = labelled[0]
    # a bare label has its value in the next line; the last one (主题词：) mostly has none
    if any(second - earlier > 3 for earlier, second in pairwise(labelled)):
        return lines
    end = labelled[-1] + 1
    for line in lines[first:end]:
        log.take("infobox", line.text, line.origin)
    return lines[:first] + lines[end:]


def _drop_infobox_row(lines: list[Line], log: Log) -> list[Line]:
    """The same table where its rows came as one line each (索引号：｜…｜主题分类：｜…)."""
    for i, line in enumerate(lines[:6]):
        if len(line.text) < 400 and len(_INFOBOX.findall(re.sub(r"\s+", "", line.text))) >= 4:
            log.take("infobox", line.text, line.origin)
            return lines[:i] + lines[i + 1 :]
    return lines


_LICENCE = re.compile(
    r"本作品(?:是|来自|在|原文)?.{0,40}(?:著作权|公有领域|版权|中华人民共和国的?$|中国共产党文件)|本作品是中华人民共和国的$"
)


def _drop_licence(lines: list[Line], log: Log) -> list[Line]:
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
