"""constraints.txt against what is installed."""

from __future__ import annotations

import tomllib
from collections.abc import Set
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.scripts.stub import ROOT

OPTIONAL = {"ocr": "rapidocr"}
"""Extras that `test` does not bring -> the package that tells whether one is installed."""


def missing_extras() -> set[str]:
    installed = {canonicalize_name(found.metadata["Name"]) for found in metadata.distributions()}
    return {extra for extra, package in OPTIONAL.items() if package not in installed}


def pins(without: Set[str] = frozenset()) -> dict[str, Requirement]:
    """All, or all but those under the headings of the extras `without`."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    sections = text.split("# --- ")
    lines = [
        line
        for section in sections
        if not any(section.startswith(f'extra "{extra}"') for extra in without)
        for line in ("# " + section).splitlines()
    ]
    requirements = [Requirement(bare) for line in lines if (bare := line.split("#")[0].strip())]
    names = [canonicalize_name(requirement.name) for requirement in requirements]
    assert len(names) == len(set(names)), "a package is pinned twice"
    return dict(zip(names, requirements, strict=True))


def test_every_line_is_one_version() -> None:
    for requirement in pins().values():
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        assert "*" not in specifier.version


def wanted() -> dict[str, str]:
    """Every package that pyproject.toml leads to with its extras -> its installed version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    todo = [Requirement(line) for line in project["dependencies"]]
    for extra, lines in project["optional-dependencies"].items():
        if extra not in missing_extras():
            todo += [Requirement(line) for line in lines]
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name == "xunzhang" or (requirement.marker and not requirement.marker.evaluate()):
            continue
        distribution = metadata.distribution(name)
        versions[name] = distribution.version
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in distribution.requires or []:
                below = Requirement(line)
                if below.marker is None or below.marker.evaluate({"extra": extra}):
                    below.marker = None
                    todo.append(below)
    return versions


def test_nothing_unpinned_nothing_pinned_for_nobody_and_versions_as_installed() -> None:
    pinned = {
        name: requirement
        for name, requirement in pins(without=missing_extras()).items()
        if requirement.marker is None or requirement.marker.evaluate()
    }
    installed = wanted()
    # CUDA builds of torch bring packages that torch itself pins
    optional = {name for name in installed if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert sorted(set(installed) - optional - set(pinned)) == []
    assert sorted(set(pinned) - set(installed)) == []
    others = {
        name: (installed[name], str(requirement.specifier))
        for name, requirement in pinned.items()
        if name != "torch" and not requirement.specifier.contains(installed[name], prereleases=True)
    }
    assert others == {}
