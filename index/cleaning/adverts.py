"""Sentences that sell something: libraries of model texts, ghost-writing, memberships, contacts.

Genuine sentences use the same words (开通微信公众号, 工会会员, 智能客服, 扫码入群, 严禁代笔), so a
sentence goes only for a phrase that nobody writes in a report, or for several signs together.
"""

from __future__ import annotations

import re

from index.cleaning.lines import Line, Log
from index.outline import classify

_HINT = re.compile(
    r"素材|代笔|代写|润笔|会员|vip|客服|公众号|微信|威信|QQ|Q群|网盘|加群|范文|文库|谨防假冒|接单|下载|v信|vx",
    re.IGNORECASE,
)
_WARES = "素材|范文|公文|材料|资料|文章|文稿"
_STRONG = re.compile(
    rf"""
    【[^】]{{0,16}}(?:素材库|素材网|代笔|代写|文库|范文网?|网盘|资料库|材料网)[^】]{{0,8}}】\s*[-—:：]
  | ^【[^】]{{0,16}}(?:素材库|素材网|代笔|代写)[^】]{{0,8}}】
  | svip\s*会员 | 会员\s*svip | 素材库[^，。]{{0,4}}(?:vip|会员)
  | 网盘群 | 会员群(?!众|体)
  | (?:加入|开通|购买|成为|注册)(?:本站|我们|本库|本平台)?(?:永久|终身|年度|网站|素材)?会员
    (?:即可|可享|后|[，,]?\s*(?:免费|享|查看|阅读|下载|解锁|畅))
  | ^(?:更多|请|欢迎|点击)[^。]{{0,16}}(?:加入|开通|购买|成为)会员[。！!]?$
  | 每[天日]更新(?:材料|素材)\s*\d
  | (?:平台|客服|公众号|会员|认准)[^。]{{0,60}}谨防假冒
  | 认准[^，。]{{1,10}}(?:唯一|官方)(?:平台|客服|公众号)
  | 代笔[^，。]{{0,4}}(?:客服|润笔|服务|业务|接单|联系) | 各类代笔
  | (?:代笔|代写)[（(]?润笔 | 代写代发
  | (?:代笔|代写)[^。]{{0,30}}(?:QQ|微信|VX|客服|电话|联系我)
  | 持续接单 | 代发布业务
  | (?:添加|咨询|联系|加)\s*(?:代笔)?客服\s*(?:微信|QQ|号)?\s*[:：]
  | (?:更多|海量|全套|完整)[^，。]{{0,12}}(?:{_WARES})
    [^。]{{0,20}}(?:关注|加入|扫码|请加|添加|公众号|微信|QQ)
  | (?:关注|搜索)[^，。]{{0,12}}公众号[^。]{{0,16}}(?:素材|范文|公文|完整版|全文)
  | 加群\s*(?:请|[:：])
  | 一键(?:精准搜索|快速查找|极速下载)
  | (?:本文|文章|本?资料|本?材料)(?:来自|来源于?|由|出自)
    [^，。]{{0,16}}(?:素材库|素材网|文库|范文网|资料网)
    [^，。]{{0,10}}(?:整理|提供|发布|分享|[，。]|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ACCOUNT = r"(?:号码?)?\s*[:：为]?\s*(?:[A-Za-z][A-Za-z0-9_-]{4,19}|\d[\d ]{4,15})"
_CONTACT = re.compile(
    rf"(?:QQ群?|Q群|微信|威信|V信|VX|wx|公众号|客服|加v){_ACCOUNT}", re.IGNORECASE
)
_ONLY_CONTACT = re.compile(
    rf"[^，。；]{{0,12}}(?:QQ群?|Q群|微信|威信|V信|VX|加v){_ACCOUNT}[\s。！!]*", re.IGNORECASE
)
_SELLING = re.compile(
    r"(?:加入|开通)会员|vip|客服\s*[:：微]|公众号\s*[:：]|微信\s*[:：]|QQ\s*[:：]|网盘|免费下载|立即下载|扫码"
    r"|二维码|加群|小伙伴|请联系\s*[:：]|有意加入|www\.|https?://|资源共享|海量|接单"
    rf"|(?P<wares>素材(?:库|网|需求)|范文|文库|代笔|代写|润笔|公文写作|写作{_WARES})",
    re.IGNORECASE,
)
_FORBIDS = re.compile(r"严禁|杜绝|禁止|不得|严查|查处|抵制|防止")
_OFFICIAL = re.compile(r"联系人|投诉|举报|报名|咨询电话|邮箱")
_PIECES = re.compile(r"[^。！？!?；;\n【]*(?:【[^】]*】)?[^。！？!?；;\n【]*[。！？!?；;]*")
_LONGEST_BETWEEN = 60
"""Characters between two adverts that belong to them."""
_LEAST_LEFT = 8
"""Characters; fewer beside an advert are its signature or its bracket."""


def drop_adverts(lines: list[Line], log: Log) -> list[Line]:
    result = []
    for line in lines:
        if _HINT.search(line.text) is None:
            result.append(line)
            continue
        kept, removed = _without_adverts(line.text)
        for piece in removed:
            log.take("advert", piece, line.origin)
        result.append(line.with_text(kept))
    return result


def _without_adverts(text: str) -> tuple[str, list[str]]:
    """The text without the sentences that sell something, and those sentences."""
    if _ONLY_CONTACT.fullmatch(text) and not _OFFICIAL.search(text) and classify(text) is None:
        return "", [text]
    pieces = [match.group() for match in _PIECES.finditer(text) if match.group()]
    sells = [_sells(piece) for piece in pieces]
    if not any(sells):
        return text, []
    # what stands between two adverts belongs to them where it is short
    last = None
    for i, selling in enumerate(sells):
        if selling:
            if last is not None and sum(map(len, pieces[last + 1 : i])) <= _LONGEST_BETWEEN:
                sells[last:i] = [True] * (i - last)
            last = i
    rest = "".join(piece for piece, selling in zip(pieces, sells, strict=True) if not selling)
    if len(rest.strip()) < _LEAST_LEFT and not rest.strip().endswith("。"):
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


def _sells(piece: str) -> bool:
    if _FORBIDS.search(piece):
        return False
    if _STRONG.search(piece):
        return True
    if _OFFICIAL.search(piece):
        return False
    kinds = {match.group()[:2].lower() for match in _SELLING.finditer(piece)}
    wares = any(match["wares"] for match in _SELLING.finditer(piece))
    if _CONTACT.search(piece) is not None:
        return wares or len(kinds) >= 3
    return wares and len(kinds) >= 3
