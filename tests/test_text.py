"""Words and sentences."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SettingsError
from index.text import (
    RADICALS,
    TRADITIONAL,
    Tokenizer,
    default_terms,
    normalise,
    read_terms,
    sentences,
    unify_radicals,
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(default_terms(), tmp_path_factory.mktemp("jieba"))


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("学习。整改！落实？", ["学习。", "整改！", "落实？"]),
        ("学习；整改；落实", ["学习；", "整改；", "落实"]),
        ("他说：“好。”大家鼓掌。", ["他说：“好。”", "大家鼓掌。"]),
        ("喊响“我是党员！”的口号。", ["喊响“我是党员！”的口号。"]),
        ("做到“学思想；强党性”，取得实效。", ["做到“学思想；强党性”，取得实效。"]),
        ("通知（一。二。）已发。完", ["通知（一。二。）已发。", "完"]),
        ("时光荏苒……岁月如歌。", ["时光荏苒……", "岁月如歌。"]),
        ("第一行\n第二行。", ["第一行\n", "第二行。"]),
        ("增长5.5%。2023.5.1施行。", ["增长5.5%。", "2023.5.1施行。"]),
        ("学习。  整改。", ["学习。  ", "整改。"]),
        ("", []),
        ("。", ["。"]),
        ("未完的“引语。下一句", ["未完的“引语。", "下一句"]),
        ("真的？！当然。", ["真的？！", "当然。"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_a_long_quotation_is_cut() -> None:
    text = "“" + "认真学习。" * 30 + "”"
    assert max(map(len, parts(text))) < 10


@given(st.text(alphabet="学习。！？；…“”（）《》\n 　，a1.", max_size=80))
def test_sentences_cover_the_text(text: str) -> None:
    spans = sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


@given(st.text(max_size=60))
def test_normalise_keeps_every_offset(text: str) -> None:
    folded = normalise(text)
    assert len(folded) == len(text)
    assert normalise(folded) == folded


def test_normalise() -> None:
    assert normalise("ＡＢＣ，１２３％　⽤⼾ ⺠生 ⑩ ㎡ 黨") == "abc,123% 用户 民生 ⑩ ㎡ 党"


def test_traditional_characters_match_simplified_ones(tokenizer: Tokenizer) -> None:
    assert normalise("加強黨風廉政建設，發展農村經濟，羣衆滿意") == (
        "加强党风廉政建设,发展农村经济,群众满意"
    )
    assert tokenizer.tokens("黨風廉政建設") == tokenizer.tokens("党风廉政建设")
    # characters of their own in simplified texts
    assert normalise("成效显著，乾坤，瞭望") == "成效显著,乾坤,瞭望"
    assert len(TRADITIONAL) > 2500
    assert not set(map(chr, TRADITIONAL)) & set(TRADITIONAL.values())


def test_radicals_become_ordinary_characters() -> None:
    assert unify_radicals("⽂⺠⻔⻢⻓⻛⼾⾯，文民") == "文民门马长风户面，文民"
    assert unify_radicals("ＡＢ①㎡") == "ＡＢ①㎡"
    for code, character in RADICALS.items():
        name = unicodedata.name(chr(code))
        assert name.startswith(("KANGXI RADICAL", "CJK RADICAL")), name
        assert unicodedata.name(character).startswith("CJK UNIFIED IDEOGRAPH"), name


def test_every_kangxi_radical_is_known() -> None:
    assert all(code in RADICALS for code in range(0x2F00, 0x2FD6))


def test_tokens(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.tokens("2023年，ＡＰＰ里的“第一议题”和党风廉政建设占5.5%！")
    assert "第一议题" in tokens
    assert {"2023", "年", "app", "5.5%", "党风廉政建设", "廉政建设", "廉政", "党风"} <= set(tokens)
    assert not {"，", "“", "”", "！", " "} & set(tokens)


def test_a_shorter_word_finds_the_longer(tokenizer: Tokenizer) -> None:
    for query, text in [
        ("廉政教育", "开展党风廉政教育月活动"),
        ("意识形态", "落实意识形态工作责任制"),
        ("三会一课", "严格执行“三会一课”制度"),
        ("主题党日", "支部主题党日活动丰富"),
    ]:
        assert set(tokenizer.tokens(query)) <= set(tokenizer.tokens(text)), query


def test_terms_change_the_cut_and_the_fingerprint() -> None:
    plain, own = Tokenizer(), Tokenizer(["水润青禾"])
    assert "水润青禾" not in plain.tokens("擦亮水润青禾品牌")
    assert "水润青禾" in own.tokens("擦亮水润青禾品牌")
    assert plain.fingerprint != own.fingerprint
    assert (
        Tokenizer(["乙方案", "甲方案"]).fingerprint == Tokenizer(["甲方案", "乙方案"]).fingerprint
    )
    assert len(own.fingerprint) == 16


def test_terms_are_folded_like_texts() -> None:
    assert "水润app" in Tokenizer(["水润ＡＰＰ"]).tokens("上线水润App")


def test_spans_point_into_the_original(tokenizer: Tokenizer) -> None:
    text = "⺠主评议，ＡＰＰ推广；党风廉政建设𠀀。"
    for token, start, end in tokenizer.spans(text):
        assert normalise(text[start:end]) == token
    assert [s[0] for s in tokenizer.spans(text)] == tokenizer.tokens(text)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=50))
def test_spans_of_any_text(tokenizer: Tokenizer, text: str) -> None:
    folded = normalise(text)
    for token, start, end in tokenizer.spans(text):
        assert folded[start:end] == token
        assert any(c.isalnum() for c in token)


@pytest.mark.parametrize("text", ["", "，。！", "😀", "' OR 1=1 --", "廉", " " * 50])
def test_odd_queries(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.tokens(text) == {"廉": ["廉"], "' OR 1=1 --": ["or", "1", "1"]}.get(text, [])


def test_threads_share_one_tokenizer(tmp_path: Path) -> None:
    shared = Tokenizer(default_terms(), tmp_path)
    expected = Tokenizer(default_terms()).tokens("落实意识形态工作责任制")
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(shared.tokens("落实意识形态工作责任制")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_cache_gives_the_same_words_and_damage_is_noticed(tmp_path: Path) -> None:
    text = "水厂巡检与党风廉政建设同日检查"
    first = Tokenizer(["党风廉政建设"], tmp_path / "jieba").tokens(text)
    (cache,) = (tmp_path / "jieba").iterdir()
    assert Tokenizer(["党风廉政建设"], tmp_path / "jieba").tokens(text) == first
    assert Tokenizer(["党风廉政建设"]).tokens(text) == first
    whole = cache.read_bytes()
    for damaged in (b"", whole[:-1] + b"x"):
        cache.write_bytes(damaged)
        assert Tokenizer(["党风廉政建设"], tmp_path / "jieba").tokens(text) == first
        assert cache.read_bytes() == whole  # mended


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of the user's folder")
def test_the_cache_is_private(tmp_path: Path) -> None:
    Tokenizer(cache_folder=tmp_path / "jieba").tokens("水")
    assert (tmp_path / "jieba").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "jieba").iterdir())


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert Tokenizer(cache_folder=blocked / "jieba").tokens("水务") == ["水务"]


def test_jieba_is_silent_and_warns_nobody(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from index.text import Tokenizer; "
        f"Tokenizer(cache_folder=Path({str(tmp_path)!r})).tokens('水务')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == done.stderr == ""


def test_loading_is_quick(tmp_path: Path) -> None:
    Tokenizer(default_terms(), tmp_path).tokens("水")
    best = min(_loading(tmp_path) for _ in range(3))
    assert best < 1.5  # 0.25 s alone on the machine


def _loading(folder: Path) -> float:
    start = time.process_time()
    Tokenizer(default_terms(), folder).tokens("水")
    return time.process_time() - start


def test_default_terms() -> None:
    terms = default_terms()
    assert len(terms) > 500
    assert len(set(terms)) == len(terms)
    assert {"三会一课", "第一议题", "主题党日", "一岗双责", "巡察整改", "学习强国"} <= set(terms)
    assert all(len(term) > 1 and not term.startswith("#") for term in terms)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_read_terms(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "terms.txt"
    content = "# 本单位的词\n水润青禾\n\n河长巡河 20 n\n水润青禾 # 又一次\n"
    file.write_bytes(content.encode(encoding))
    assert read_terms(file) == ("水润青禾", "河长巡河")


def test_a_term_list_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_bytes(b"\xff\xff\xff\x00")
    with pytest.raises(SettingsError, match="不是文本文件"):
        read_terms(file)
