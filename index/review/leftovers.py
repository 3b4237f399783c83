"""What was forgotten when a report was made from another one (忘改)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.findings import Draft, Leftover, SharedSpan, SourceDocument


def leftovers(
    draft: Draft,
    spans: Sequence[SharedSpan],
    documents: Mapping[int, SourceDocument],
    source_texts: Mapping[int, str],
) -> tuple[Leftover, ...]:
    """Names, years and placeholders of the draft that seem forgotten from another report."""
    return ()
