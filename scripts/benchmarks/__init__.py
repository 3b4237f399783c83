"""What scripts/bench.py measures: a module for each part.

A part is a module with `measure(library, asked)`, which gives back figures that JSON can hold, and
`rows(figures)`, which tells them as lines of a table. A new part is a new module and its name in
PARTS of bench.py. What is measured runs in a process of its own (`processes.py`), so that neither
memory nor caches of one part stand in the figures of another.
"""
