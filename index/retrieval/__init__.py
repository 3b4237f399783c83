"""Search a library by meaning, by words, or both at once.

Two retrievers each bring their best POOL paragraphs, filters applied inside them. Every candidate
is then measured by both (the cosine of a paragraph found by words, too), by the characters that it
has of the query, and by the query's words in the heading and the title above it. All are put on
scales that do not depend on which other candidates happen to be there, and summed. So the number
that ranks is the number that is shown, and it means the same from query to query.
"""

from index.retrieval.answer import search, similar

__all__ = ["search", "similar"]
