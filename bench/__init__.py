"""Speed, as ratios against trivial views measured in the same run: ``make bench`` (``--quick`` for a first look).

No figure passes or fails: the clock of a shared machine says little. What counts is the server's CPU per request,
PostgreSQL included, read from /proc, and how it compares with the floor: a view that does nothing, and one that
does a single SELECT behind the same middleware.
"""
