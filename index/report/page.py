"""One HTML file that works without network: styles inside, no script, nothing from elsewhere.

Corpus text is escaped by jinja2. The policy allows the one style sheet, by its hash, and nothing
else: whatever markup a text may bring, it neither runs nor loads anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from index.findings import Decisions, Duplicates, Review
from index.report import wording
from index.report.contents import contents_of
from index.report.repeats import repeats_of
from index.report.together import together_of

MOST_PAIRS = 1000
MOST_FAMILIES = 300
"""More than a browser scrolls through at ease; the workbook has them all, and the page says so."""


def review(of: Review, decisions: Decisions, made: date) -> str:
    """The review as a page, a complete HTML document."""
    return _rendered("review.jinja", contents=contents_of(of, decisions, made))


def duplicates(of: Duplicates, made: date) -> str:
    """A library's duplicates as a page, a complete HTML document."""
    return _rendered(
        "duplicates.jinja",
        contents=repeats_of(of, made),
        most_pairs=MOST_PAIRS,
        most_families=MOST_FAMILIES,
    )


def together(reviews: Sequence[Review], shared: Sequence[Sequence[float]], made: date) -> str:
    """Several drafts against the library and each other, a complete HTML document."""
    return _rendered("together.jinja", contents=together_of(reviews, shared, made))


def _rendered(template: str, **values: object) -> str:
    css = _text("report.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        _environment()
        .get_template(template)
        .render(css=Markup(css), policy=policy, wording=wording, **values)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["percent"] = wording.percent
    environment.filters["moment"] = wording.moment
    return environment


def _text(name: str) -> str:
    return resources.files("index.report").joinpath(name).read_text(encoding="utf-8")
