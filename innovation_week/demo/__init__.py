"""The demonstration: the week of 2018 as sources tell it, and the same week to come.

The data is in ``data/`` (TOML); what is sourced and what is invented is told in ``docs/demonstration.md``.
"""

LOGIN = "demo"  # of the staff; printed, and so everybody's
