"""A library of invented reports that borrow from one another, one of which means harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LIGHTS = (
    "修好村口路灯四十盏，老人夜里出门不再摸黑走路；电费由合作社出一半，"
    "谁家门口的灯坏了，当天报当天修。"
)
WELLS = (
    "给七口老井加了盖，井台重新砌过，旁边立了水质公示牌，每月初一由护井员当着大家的面取一回水样。"
)
CHOIR = (
    "合唱队每周三晚上在文化站练歌，腊月里办了一场音乐会，"
    "邻近几个村的人搬着板凳来听，散场时下起了雪。"
)
BOATS = "渡口添了两条新船，船工轮流值守，早晚各多跑一趟，赶集的日子再加两趟，汛期水急时一律停摆。"
BEES = "养蜂的三户合起来请了师傅，蜜罐上第一次贴了标签，秋天的花蜜卖到了省城的铺子里。"
BARNS = "东头的晒谷场铺了水泥，秋天不用再借别村的场子，夜里有人看着，谷子没有少过一袋。"

HOSTILE_TITLE = "<b>灯塔</b>![标题](http://evil.example/t.png)总结"
HOSTILE_UNIT = "![单位](http://evil.example/unit.png)<i>局</i>"
HOSTILE = (
    '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>灯塔值守人员每晚巡查两遍，'
    "![图](http://evil.example/beacon.png)风浪大的夜里加派一人，第二天早上在本子上签名。"
)


def _report(title: str, unit: str | None, year: int | None, *paragraphs: str) -> dict[str, Any]:
    return {"title": title, "unit": unit, "year": year, "paragraphs": [title, *paragraphs]}


REPORTS = (
    _report("青禾镇2021年工作总结", "青禾镇", 2021, LIGHTS, WELLS, CHOIR),
    _report(
        "枕溪镇2022年工作总结", "枕溪镇", 2022, LIGHTS.replace("四十盏", "六十盏"), WELLS, BEES
    ),
    _report("青禾镇2022年工作总结", "青禾镇", 2022, LIGHTS, BOATS, BARNS),
    _report("云汀镇2023年工作总结", "云汀镇", 2023, LIGHTS, "塘坝清淤两处，夏天没有再淹田。" * 12),
    _report(HOSTILE_TITLE, HOSTILE_UNIT, 2020, HOSTILE, BEES.replace("三户", "五户")),
    _report("灯塔值守小结", "云汀镇", 2023, HOSTILE),
)


def written(folder: Path) -> Path:
    """All reports as one file that a library reads."""
    path = folder / "总结.jsonl"
    lines = [json.dumps(report, ensure_ascii=False) for report in REPORTS]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
