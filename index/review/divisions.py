"""The administrative divisions of China: which city and province a place lies in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources

from index.metadata.units import PROVINCES


@cache
def provinces() -> Mapping[str, str]:
    """City, without its ending -> province, without its ending."""
    return {city: province for province, *cities in _lines("prefectures") for city in cities}


@cache
def counties() -> Mapping[str, frozenset[tuple[str, str]]]:
    """County, district, banner or city of their rank, in full -> the provinces and cities that have
    one of this name, both without endings; the city "" for one below the province itself.

    >>> sorted(counties()["平阴县"]), len(counties()["鼓楼区"]) > 2
    ([('山东', '济南')], True)
    """
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for province, city, *names in _lines("counties"):
        for name in names:
            found[name].add((province, city.strip("-")))
    return {name: frozenset(places) for name, places in found.items()}


def province_of(city: str | None) -> str | None:
    """The province of a city of China; None for one that is not among those below provinces.

    >>> province_of("昆明市"), province_of("青禾市"), province_of(None)
    ('云南', None, None)
    """
    return provinces().get(re.sub("(?:市|州|地区|盟)$", "", city)) if city else None


def _lines(name: str) -> list[list[str]]:
    text = resources.files("index").joinpath(f"data/{name}.txt").read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


_WORDS = {"老城区"}
"""Names in full that are words of planners besides."""


@cache
def _full() -> frozenset[str]:
    cities = (f"{city}{end}" for city in provinces() for end in ("市", "州"))
    return frozenset({*cities, *(name for name in counties() if len(name) > 2)} - _WORDS)


@cache
def _bare() -> frozenset[str]:
    counties_ = (name[:-1] for name in _full() if len(name) > 2)
    return frozenset({*PROVINCES.split("|"), *provinces(), *counties_})


def is_full_name(name: str) -> bool:
    """Whether a name is that of a city or a county with its ending.

    >>> is_full_name("平阴县"), is_full_name("平阴"), is_full_name("昆明市"), is_full_name("大城市")
    (True, False, True, False)
    """
    return name in _full()


def is_division(name: str) -> bool:
    """Whether a name is that of a province, a city or a county, with or without its ending.

    >>> is_division("平阴县"), is_division("平阴"), is_division("云南省"), is_division("落实")
    (True, True, True, False)
    """
    province = re.sub("(?:省|市|(?:壮族|回族|维吾尔)?自治区)$", "", name)
    return name in _full() or name in _bare() or province in PROVINCES.split("|")
