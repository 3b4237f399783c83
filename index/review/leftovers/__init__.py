"""What was forgotten when a report was made from another one (忘改).

Four kinds of reasons:

- open: a placeholder stands where a figure or a name should (placeholders);
- contradiction: the draft names a year, a level, a province or a house that is not its own, where
  it speaks of itself (years, levels, houses), or another place as often as its own (second_self);
- replaced elsewhere: where the draft has its own name its source has another, and that one still
  stands in other wording of that source (replaced);
- brought along: a name stands in wording that another unit's document has too (brought_along).

A name that the draft uses throughout, the units above its own, what every report names (中央,
国务院, 省委) and titles within 《》 are no alarms: false ones cost the reviewer's trust.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from index.findings import Draft, Leftover, SharedSpan, SourceDocument
from index.review.leftovers.brought_along import brought_along
from index.review.leftovers.desk import Desk
from index.review.leftovers.houses import other_actors, other_bodies, other_houses
from index.review.leftovers.levels import other_levels, other_provinces
from index.review.leftovers.placeholders import placeholders
from index.review.leftovers.replaced import replaced
from index.review.leftovers.second_self import second_selves
from index.review.leftovers.years import years

__all__ = ["leftovers"]


def leftovers(
    draft: Draft,
    spans: Sequence[SharedSpan],
    documents: Mapping[int, SourceDocument],
    source_texts: Mapping[int, str],
) -> tuple[Leftover, ...]:
    """Names, years and placeholders of the draft that seem forgotten from another report.

    `spans` are what the draft shares with the `documents`; `source_texts` is by paragraph id. In
    the order of the draft; no two overlap.
    """
    desk = Desk(draft, spans, documents, source_texts)
    found = [
        *placeholders(desk),
        *replaced(desk),
        *years(desk),
        *other_levels(desk),
        *other_houses(desk),
        *other_bodies(desk),
        *other_actors(desk),
        *other_provinces(desk),
        *second_selves(desk),
        *brought_along(desk),
    ]
    kept: list[Leftover] = []
    taken: dict[int, set[int]] = defaultdict(set)
    for one in found:  # the first reason given wins
        places = set(range(*one.span))
        if not places & taken[one.paragraph]:
            taken[one.paragraph] |= places
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.paragraph, one.span)))
