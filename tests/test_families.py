"""Same wording is one family, same topic is not."""

from __future__ import annotations

import random

from index.families import Wordings, same_wording, skeleton

FIRST = "支部于3月12日组织党员到敬老院开展义诊，服务老人46名，发放药品120盒，受到一致好评。"
EDITED = "支部于9月8日组织党员到福利院开展义诊，服务老人X名，发放药品*盒，受到大家好评。"
OTHER = "支部与三家企业签订共建协议，帮助解决用工和融资方面的难题，企业送来锦旗表示感谢。"


def test_small_edits_and_other_numbers_are_the_same_wording() -> None:
    assert same_wording(skeleton(FIRST), skeleton(EDITED))
    assert not same_wording(skeleton(FIRST), skeleton(OTHER))


def test_a_quotation_inside_a_longer_paragraph_is_not_the_same_wording() -> None:
    assert not same_wording(skeleton(FIRST), skeleton(FIRST + OTHER * 2))


def test_empty_skeletons_match_only_each_other() -> None:
    assert same_wording(skeleton("。"), skeleton("！"))
    assert not same_wording(skeleton("。"), skeleton(FIRST))


def test_groups_keep_the_order_and_later_texts_still_join() -> None:
    texts = [(5, FIRST), (2, OTHER), (9, EDITED), (7, "党员大会按期召开。")]
    assert gathered(texts) == [[5, 9], [2], [7]]
    assert gathered(texts, enough=2) == [[5, 9], [2]]


def test_in_pieces_as_at_once() -> None:
    found = Wordings()
    found.add([(5, FIRST), (2, OTHER)])
    assert found.groups == [[5], [2]]
    assert not found.full
    found.add([(9, EDITED)])
    assert found.groups == [[5, 9], [2]]


def test_long_texts_are_gathered_as_if_each_were_compared() -> None:
    drawing = random.Random(7)
    characters = [chr(0x4E00 + i) for i in range(300)]
    texts = []
    for number in range(60):
        length = drawing.randint(200, 900)
        text = "".join(drawing.choices(characters, k=length))
        texts.append((3 * number, text))
        changed = list(text)  # at about the share of edits that parts two wordings
        for place in drawing.sample(range(length), int(length * drawing.uniform(0.15, 0.25))):
            changed[place] = drawing.choice(characters)
        texts.append((3 * number + 1, "".join(changed)))
        texts.append((3 * number + 2, "".join(drawing.sample(text, length))))
    by_comparing: list[tuple[str, list[int]]] = []
    for id_, text in texts:
        for first, group in by_comparing:
            if same_wording(first, skeleton(text)):
                group.append(id_)
                break
        else:
            by_comparing.append((skeleton(text), [id_]))
    groups = [group for _, group in by_comparing]
    assert gathered(texts) == groups
    assert 60 < len(groups) < 180, "some were joined and some not"


def gathered(texts: list[tuple[int, str]], enough: int | None = None) -> list[list[int]]:
    found = Wordings(enough)
    found.add(texts)
    return found.groups
