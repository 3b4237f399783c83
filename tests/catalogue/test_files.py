from __future__ import annotations

from dataclasses import replace

from index.catalogue import Catalogue
from index.catalogue.files import FileRecord
from index.datatypes import FileFailure, Sensitive

RECORD = FileRecord("/总结/甲.txt", 9, 1, 2, "ab", "complete")


def test_a_held_file_is_listed_apart_from_those_that_failed(catalogue: Catalogue) -> None:
    found = (Sensitive("mobile", "139****0000", 4), Sensitive("secrecy", "秘密★", 1))
    held = replace(RECORD, state="failed", reason="文中有手机号码。", held=found)
    catalogue.files.save(held)
    catalogue.files.save(replace(RECORD, path="/总结/乙.txt", state="failed", reason="打不开。"))
    assert catalogue.files.all()["/总结/甲.txt"][1] == held
    assert catalogue.files.held() == [FileFailure("/总结/甲.txt", "文中有手机号码。")]
    assert catalogue.files.failures() == [FileFailure("/总结/乙.txt", "打不开。")]
    catalogue.files.save(replace(RECORD, accepted="ab"))
    assert catalogue.files.held() == []
    assert catalogue.files.all()["/总结/甲.txt"][1].accepted == "ab"


def test_the_queue_keeps_its_order_and_loses_what_is_done(catalogue: Catalogue) -> None:
    assert catalogue.files.queue() == []
    catalogue.files.queue_set(["/丙.txt", "/甲.txt", "/乙.txt"])
    catalogue.files.queue_done("/甲.txt")
    catalogue.files.queue_done("/没有.txt")
    assert catalogue.files.queue() == ["/丙.txt", "/乙.txt"]
    catalogue.files.queue_set(["/丁.txt"])
    assert catalogue.files.queue() == ["/丁.txt"]
