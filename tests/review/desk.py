"""A library of one invented report, and two drafts that take from it and from each other."""

from __future__ import annotations

from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "cases" / "desk"

HELD = CASES / "石笕县水务局2022年工作总结.txt"
DRAFT = CASES / "青溪区水务局2023年工作总结.txt"
"""208 compared characters: of HELD's a paragraph of 50 to the letter, 13 of them prescribed, one of
33 with other figures, and one of 49 that names another county."""
OTHER = CASES / "苇塘区水务局2023年工作总结.txt"
"""111 compared characters: DRAFT's last paragraph, 46 of them, and a title that differs in the
name of the unit, 15."""
