"""Same wording is one family, same topic is not."""

from __future__ import annotations

from index.families import gather, same_wording, skeleton

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
    assert list(gather(texts)) == [[5, 9], [2], [7]]
    assert list(gather(texts, enough=2)) == [[5, 9], [2]]
