"""Names of units, places and persons within running text, told by grammar; no list of real ones.

A name is recognised by how it ends (…县, …局) or by what stands before it (书记…, 村民…), and by
where ordinary words begin and end around it. Chinese has no spaces, so this errs: those who ask
hold a second reason against every name before they say anything of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from index.datatypes import Span
from index.metadata.units import PROVINCES
from index.review.divisions import is_full_name
from index.text import ordinary_words

NameKind = Literal["unit", "place", "person"]

_HAN = r"[一-鿿]"
_IS_HAN = re.compile(_HAN)
_FUNCTION = frozenset(
    "的了在和与及至到去往赴从由向对把被将为于是有等并按照经据请让给同跟该其这那每随因如即若但而或则也都就还又再已正着过来上下"
    "中内外前后我本各全使令叫驻是非所之乃称名"
)
"""A name may begin behind these."""
_NEVER_IN_A_NAME = frozenset(
    "的了在和与及至到去从由对把被将为以是等并按照该其这那每随因如若但而或则也都就还又再已着过我本各全几两"
    "们你他她它不没很最更吗呢吧啊所说做让给请同要够往好向看用教位"
)

_PLACE_END = re.compile(
    "自治区|自治州|自治县|自治旗|经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|高新区|开发区|街道|社区|水库"
    "|[省市县区州镇乡村坪冲湾岭坳坝塘沟寨屯庄堡垭坡河江湖岛滩峡洼垸圩埠畈坞]"
)
_WEAK_END = re.compile("[坪冲湾岭坳坝塘沟寨屯庄堡垭坡河江湖岛滩峡洼垸圩埠畈坞]")
"""Ends of hamlets and fields, but of many words besides: asks for more on both sides."""
_NOT_A_PLACE = re.compile(
    "(?:[山城市地灾库林矿园社学小辖郊片景牧湖老苏新特港空校厂营战禁专雷盲误时院洪保综湾养]区|[城都超上门股夜集开]市|[全节反内外]省|农村|乡村|新村|山村|中心镇|城镇"
    "|江湖|山河|银河|江河|江山|五湖)$"
)
_GOES_ON = re.compile(
    "市[场值面容况域县]|区[别分域间块]|省[份略电钱时下去却水力心事工域]|县[域市区]|州[际市]|乡[村镇土愁亲]|村[庄民容]"
)
"""The ending begins a word of its own: 提振市场, 设区分片."""
_COUNTED = re.compile(r"[\d一二三四五六七八九十]+[个家处名]")
"""普惠县18个: a kind of county."""
_LONGEST_DIVISION = 7
"""Characters of the name of a city or county; longer ones are told by grammar."""
_LIKE_A_PLACE = re.compile(
    "[^线网路市场家本当](?:[口头背湾岭塘桥溪河坪泉井沟坝坡洲坊店屯庄寨营坳]|(?<=[岭坡河溪塘坝])[上下])$"
)
"""洞口村, 岭上村: words that villages are called after; 薄弱村 and 空壳村 are kinds of them."""
_BEHIND_WEAK = re.compile(
    r"[，。；、）”]|[一两三四五六七八九十]?村|的|等|水库|尾矿库|电站|隧道|大桥|林场|码头|茶厂|社区|一带|沿线|道班|片区|小组|组|老人|群众|村民|居民|安全员|网格|工地"
)
_KIND_OF_PLACE = re.compile(
    "(?:示范|重点|贫困|脱贫|试点|先进|文明|美丽|老旧|城市|农村|智慧|边远|偏远|帮扶|包联|包保|联系|结对|所在|居住|易地|搬迁|安置"
    "|新建|附近|相关|有关|工业|经济|技术|高新|保税|自贸|特色|中心|行政|自然|空心|旅游|产业|生态|和谐|清廉|数字|责任|党建|直辖|地级"
    "|县级|副省级|部分|乡镇|市县|区县|县区|市辖|少数|民族|本地|当地|小康|整治|考核|驻点|派驻|挂点|联点|党员|干部|群众|服务"
    "|管控|封控|防控|风险|疫情|城中|城乡|建设|创建|监管|网格|完整|精品|样板|标杆|未来|低碳|绿色|零碳|革命|深度|对口|一线|示范片"
    "|旧|老|新|大|小|名|个|省|市|县|区|镇|乡|村|多|整|单|首|末|哪|某|何|半|统|分|库|户|邻|友|外|异|跨|出|入|进|下|返|离|贫|强|弱|撤|建|设|改|并|振|惠)$"
)
_ORGAN = re.compile(
    rf"(?:人民政府|政府办公室|政府|人民代表大会|人大常委会|人大|政协|纪委监委|纪委|监委|人民法院|人民检察院|法院|检察院"
    rf"|委(?:组织部|宣传部|统战部|政法委|办公室|党校|办|员会)?|{_HAN}{{2,9}}?(?:局|委员会|办公室|服务中心|医院|中学|小学|学校|大学|学院"
    rf"|研究院|研究所|公司|集团|总工会|联合会|残联|妇联|支队|大队|党校))(?![长面部势限域生内外属里级际员])"
)
SURNAMES: Final = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗凤花俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董"
    "梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮"
    "龚程嵇邢裴陆荣翁荀甄曲封储靳段富巫乌焦巴牧车侯宓蓬全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印宿白怀蒲台丛索籍赖卓"
    "蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡姬申扶堵冉宰郦桑桂牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庚终居衡步都耿满"
    "匡国文寇广东殴沃利蔚越师巩厍聂晁勾敖融冷辛阚简饶曾沙鞠丰关蒯相查后荆红游权盖益桓公覃肖闫付代邸佟涂岳帅麦"
)
_SURNAME_TOO = frozenset(
    "和于时从向都成方安全党常高万余连应进关严强金路平任解单管明经计项包来通相公国文广东能支居步利越师空满双怀别那须后益权丰富花红"
    "白台充终养养有元左容华简边司印须幸沙古步农温尚宣贲班封"
)
"""Surnames that are everyday words more often: the name must be told by its other characters."""
_TWO_SURNAMES = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|夏侯"
_POST = re.compile(
    "(?:党组|党委|总支|支部|工委)?(?:第一|副|老|原|现任|时任|常务)?(?:书记|主任|局长|镇长|乡长|县长|市长|区长|州长|省长|院长|校长|所长|科长|处长"
    "|股长|站长|队长|段长|班长|组长|部长|厅长|馆长|园长|行长|社长|厂长|场长|主席|委员|检察长|董事长|总经理|经理|组织员|指导员|支书"
    "|党员|村民|居民|教师|老师|医生|护士|护士长|民警|农户|贫困户|脱贫户|监测户|户主|农艺师|工程师|技术员|安全员|网格员|法官"
    "|检察官|律师|师傅|站员|职工|员工|工人|学生|老人|烈士|同志|大爷|大妈|老汉|司机|会计|科员|战士|教授|研究员|负责人)"
)
_BEHIND = re.compile(
    "同志|书记|主任|局长|镇长|乡长|县长|市长|区长|院长|校长|所长|科长|处长|部长|主席|委员|老师|教授|医生"
)
PLACEHOLDER: Final = re.compile(
    r"(?:(?:(?<![A-Za-z0-9])|(?<=20))[XxＸ×✕╳]{2,}+(?![A-Za-z0-9])|[*＊]++|[□△▲]{2,}"
    r"|(?<![一二三四五六七八九零○〇])[○〇]{2,}(?![一二三四五六七八九零○〇])"
    r"|(?<![A-Za-z0-9.+＋”“\"‘’~—-])[XxＸ×✕╳](?=[一-鿿%％])(?![光射线轴染])"
    r"|(?<![一-鿿])某某+|某{2,}+"
    r"|(?<![A-Za-z0-9.+＋])[A-D](?=新时代|总书记|县|市(?!场)|局|镇|乡)|_{3,}+|＿{2,}+)++"
)
"""What stands where a figure or a name is still to be put: X项, *次, XX局, ×××, A新时代."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it stands."""

    kind: NameKind
    span: Span
    text: str


@lru_cache(maxsize=2048)
def names_in(text: str) -> tuple[Name, ...]:
    """The names of a text, in order, apart from each other.

    Titles of documents within 《》 are passed over.

    >>> [(name.kind, name.text) for name in names_in("青禾县水务局局长常守木到石坎村调研。")]
    [('unit', '青禾县水务局'), ('person', '常守木'), ('place', '石坎村')]
    """
    titles = [match.span() for match in re.finditer("《[^《》]{1,60}》", text)]
    found = [
        name
        for name in (*_persons(text), *_places_and_units(text))
        if not any(start <= name.span[0] < end for start, end in titles)
    ]
    found.sort(key=lambda name: (name.span[0], -name.span[1]))
    apart: list[Name] = []
    for name in found:
        if not apart or name.span[0] >= apart[-1].span[1]:
            apart.append(name)
    return tuple(apart)


def before(text: str, at: int, size: int = 24) -> str:
    """The last characters before `at`: what patterns that end there are asked of. A paragraph may
    have any length, and a look at all of it for every place in it would take its square."""
    return text[max(0, at - size) : at]


def begins_at(text: str, at: int) -> bool:
    """Whether a name may begin at `at`: behind a mark, a function word or the end of a word.

    >>> begins_at("到石坎村", 1), begins_at("在石坎村", 2), begins_at("其中石坎村", 2)
    (True, False, True)
    """
    if at == 0 or not _IS_HAN.match(text[at - 1]) or text[at - 1] in _FUNCTION:
        return True
    words = ordinary_words()
    return any(at >= size and text[at - size : at] in words for size in (2, 3, 4))


def is_no_territory(text: str, at: int) -> bool:
    """Whether the character at `at` (县, 区, 市) ends another word: 山区, 开发区, 超市."""
    words = ordinary_words()
    if _NOT_A_PLACE.search(text, max(0, at - 1), at + 1):
        return True
    return any(at >= size and text[at - size : at + 1] in words for size in (1, 2, 3))


def is_behind_a_post(text: str, at: int) -> bool:
    """Whether a post or what a person is stands before `at`: 书记…, 村民….

    >>> is_behind_a_post("农户张XX", 2), is_behind_a_post("廉XX", 1)
    (True, False)
    """
    return any(match.end() == at for match in _POST.finditer(text, max(0, at - 8), at))


def _places_and_units(text: str) -> Iterator[Name]:
    past = 0
    for match in _PLACE_END.finditer(text):
        if match.start() < past:
            continue
        start = _division_start(text, match.end(), past)
        if start is None:
            start = _place_start(text, match.start(), match.end(), past)
        if start is None:
            continue
        past = match.end()
        first = start
        # 禾澜县枕溪镇: one name, the smaller place being what is named
        while (inner := _PLACE_END.search(text, past, past + 6)) is not None:
            if not 2 <= inner.start() - past <= 3 or _ordinary(text, past, inner):
                break
            if inner.group() not in ("县", "区", "市", "镇", "乡", "街道", "村", "社区"):
                break
            past = inner.end()
        organ = _ORGAN.match(text, past) if _is_territory(text[past - 1]) else None
        if organ is not None:
            past = organ.end()
        kind: NameKind = "unit" if organ is not None else "place"
        yield Name(kind, (first, past), text[first:past])
    for match in re.finditer(rf"(?:{PROVINCES})(?:省|市|自治区)?", text):
        yield Name("place", match.span(), match.group())
    for match in re.finditer("大学|中学|小学|学院|医院|有限公司|集团|研究院|幼儿园", text):
        for size in (2, 3, 4):
            start = match.start() - size
            end = match.end()
            if start < 0 or not begins_at(text, start):
                continue
            core = text[start : match.start()]
            if re.fullmatch(rf"{_HAN}+", core) and not _made_of_words(core):
                if not re.match("[生长员习说时]", text[end : end + 1]):
                    yield Name("unit", (start, end), text[start:end])
                break


def _division_start(text: str, end: int, floor: int) -> int | None:
    """Where the name of a city or county begins that ends at `end`, of those that are known."""
    for size in range(min(_LONGEST_DIVISION, end - floor), 2, -1):
        if is_full_name(text[end - size : end]) and not _GOES_ON.match(text, end - 1):
            return end - size
    return None


def _is_territory(character: str) -> bool:
    return character in "省市县区州旗盟镇乡道"


def _place_start(text: str, end: int, past: int, floor: int) -> int | None:
    """Where the name begins whose ending is text[end:past]; None where it is no name."""
    ending = text[end:past]
    weak = bool(_WEAK_END.fullmatch(ending))
    if weak and not _BEHIND_WEAK.match(text, past):
        return None
    words = ordinary_words()
    if _NOT_A_PLACE.search(text, max(0, end - 1), past):
        return None
    if _GOES_ON.match(text, past - 1) or _COUNTED.match(text, past):
        return None
    if (
        weak
        and re.match("村|社区|水库", text[past:])
        and (_place_start(text, past, past + 1, floor) is not None)
    ):
        return None  # 茶坪村: the village is the name
    # 公路, 乡镇: the ending belongs to a word
    if any(end >= size and text[end - size : past] in words for size in (1, 2, 3)):
        return None
    if any(text[end : end + size] in words and size > len(ending) for size in (2, 3)) and weak:
        return None
    for size in (2, 3) if not weak else (1, 2, 3):
        start = end - size
        if start < floor:
            return None
        core = text[start:end]
        if not re.fullmatch(rf"{_HAN}+", core) or _NEVER_IN_A_NAME & set(core):
            return None
        if re.search("[一二三四五六七八九十百千]$", core):
            return None
        if weak and size == 1:
            continue
        if core[0] in "省市县区州镇乡村":
            return None
        if _KIND_OF_PLACE.search(core):
            return None
        if core in words and not (
            ending in ("村", "镇", "乡", "社区") and _LIKE_A_PLACE.match(core)
        ):
            return None
        if (
            size == 3
            and (core[1:] in words or core[:2] in words)
            and not (_WEAK_END.match(core[-1]) and not weak)
        ):  # 槐树坪村 is a name, 教师来县 none
            return None
        if begins_at(text, start) and not _within_a_word(text, start, words):
            return start
    return None


def _within_a_word(text: str, at: int, words: frozenset[str]) -> bool:
    """Whether an everyday word begins before `at` and goes on behind it."""
    if at and text[at - 1] in "的了在和与及至到去往赴从由向对把被":
        return False
    return any(
        text[start:end] in words
        for start in (at - 1, at - 2)
        for end in (at + 1, at + 2)
        if start >= 0 and end - start <= 3
    )


def _ordinary(text: str, past: int, inner: re.Match[str]) -> bool:
    core = text[past : inner.start()]
    words = ordinary_words()
    return (
        core in words
        or bool(_KIND_OF_PLACE.search(core))
        or bool(_NEVER_IN_A_NAME & set(core))
        or not re.fullmatch(rf"{_HAN}+", core)
        or core[-1] + inner.group() in words
        or bool(_NOT_A_PLACE.search(core[-1] + inner.group()))
    )


def _made_of_words(core: str) -> bool:
    """Whether a stretch is everyday words: 人民医院, 中心小学, 第一中学."""
    words = ordinary_words()
    if core in words or _NEVER_IN_A_NAME & set(core) or re.search("[一二三四五六七八九十]", core):
        return True
    return bool(_KIND_OF_PLACE.search(core)) or any(
        core[i : i + 2] in words for i in range(len(core) - 1)
    )


def _persons(text: str) -> Iterator[Name]:
    for match in _POST.finditer(text):
        if (name := _person_at(text, match.end())) is not None:
            yield name
    for match in _BEHIND.finditer(text):
        for size in (3, 2):
            start = match.start() - size
            if start >= 0 and begins_at(text, start) and match.group() == "同志":
                name = _person_at(text, start)
                if name is not None and name.span[1] == match.start():
                    yield name
                    break


def _person_at(text: str, at: int) -> Name | None:
    """The person's name that begins at `at`, of the two or three characters that fit best."""
    surname = re.match(_TWO_SURNAMES, text[at:])
    width = 2 if surname else 1
    if at >= len(text) or (surname is None and text[at] not in SURNAMES):
        return None
    words = ordinary_words()
    if any(text[at : at + size] in words for size in (2, 3, 4)):
        return None
    everyday = text[at] in _SURNAME_TOO
    best: tuple[int, int] | None = None
    for given in (2, 1):
        end = at + width + given
        name = text[at:end]
        if end > len(text) or not re.fullmatch(rf"{_HAN}+", name):
            continue
        if (_NEVER_IN_A_NAME | set("一二三四五六七八九十日")) & set(name[width:]):
            continue
        if name[width] in "年月" or (given == 1 and name[width] in "有无大小多少"):
            continue
        rest = text[end : end + 4]
        if _straddled(text, at + width, end, words):
            continue
        fits = 0
        if not rest or not _IS_HAN.match(rest[0]):
            fits = 3
        elif rest[0] in _NEVER_IN_A_NAME or any(rest[:size] in words for size in (2, 3)):
            fits = 2
        elif given == 2 and not everyday:
            fits = 1
        if everyday and (given == 1 or fits == 0 or name[width:] in words):
            continue
        if fits and (best is None or fits > best[0]):
            best = (fits, end)
    if best is None:
        return None
    return Name("person", (at, best[1]), text[at : best[1]])


def _straddled(text: str, given: int, end: int, words: frozenset[str]) -> bool:
    """Whether an everyday word begins within the given name and goes on behind it."""
    return any(
        text[start : end + more] in words
        for start in range(given, end)
        for more in (1, 2)
        if end + more <= len(text)
    )
