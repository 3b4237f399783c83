from __future__ import annotations

from datetime import datetime

import pytest

from index.catalogue import Catalogue
from index.findings import Decision

HERE, THERE = b"h" * 32, b"t" * 32
WORDING, OTHER = b"w" * 32, b"o" * 32
NOON = datetime(2024, 1, 5, 12, 0, 7)


def said(mark: str, note: str = "", who: str = "李工") -> Decision:
    return Decision(mark, note, who, NOON)  # type: ignore[arg-type]


def note(
    catalogue: Catalogue, wording: bytes, draft: bytes, title: str, decision: Decision | None
) -> None:
    with catalogue.database.transaction():
        catalogue.decisions.note(wording, draft, title, decision)


def test_what_was_said_comes_back_as_it_was_said(catalogue: Catalogue) -> None:
    note(catalogue, WORDING, HERE, "总结", said("cited", "见年初文件"))
    assert catalogue.decisions.of([WORDING, OTHER], HERE) == {
        WORDING: Decision("cited", "见年初文件", "李工", NOON, remembered=False, draft="总结")
    }


def test_the_last_word_holds_and_another_draft_only_offers(catalogue: Catalogue) -> None:
    note(catalogue, WORDING, THERE, "去年", said("usual"))
    [offered] = catalogue.decisions.of([WORDING], HERE).values()
    assert (offered.mark, offered.remembered, offered.draft) == ("usual", True, "去年")
    note(catalogue, WORDING, HERE, "今年", said("check"))
    note(catalogue, WORDING, HERE, "今年", said("required"))
    note(catalogue, WORDING, THERE, "去年", said("cited"))
    [here] = catalogue.decisions.of([WORDING], HERE).values()
    assert (here.mark, here.remembered) == ("required", False)


def test_what_is_taken_back_holds_no_more(catalogue: Catalogue) -> None:
    note(catalogue, WORDING, THERE, "去年", said("usual"))
    note(catalogue, WORDING, HERE, "今年", said("check"))
    note(catalogue, WORDING, HERE, "今年", None)
    [offered] = catalogue.decisions.of([WORDING], HERE).values()
    assert (offered.mark, offered.remembered) == ("usual", True)
    note(catalogue, WORDING, THERE, "去年", None)
    assert catalogue.decisions.of([WORDING], HERE) == {}
    assert catalogue.database.value("SELECT count(*) FROM decision") == 4, "nothing said is lost"


def test_of_several_other_drafts_the_one_decided_last_is_offered(catalogue: Catalogue) -> None:
    note(catalogue, WORDING, b"1", "甲", said("usual"))
    note(catalogue, WORDING, b"2", "乙", said("check"))
    note(catalogue, WORDING, b"1", "甲", said("cited"))
    assert catalogue.decisions.of([WORDING], HERE)[WORDING].draft == "甲"


def test_a_decision_without_a_time_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match="time"):
        note(catalogue, WORDING, HERE, "总结", Decision("usual"))
