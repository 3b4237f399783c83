"""When wording counts as prescribed because many units of a library write it."""

UNITS = 5
"""So many unrelated units make wording of this library prescribed."""
RELATED = 150
"""Compared characters: a document that shares more with another than prescribed wording alone
would (the real formula-only pairs that were looked at: 51 to 202, all of it in the background)
counts as a source and not as a witness for what everybody writes."""
