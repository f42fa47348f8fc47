"""Import of a published programme in the frab (Pentabarf) ``schedule.xml`` format.

Two steps: ``parse`` reads the file into plain dataclasses without touching the database, and ``apply`` writes them
in one transaction. So a file is accepted or refused as a whole, before the first row is written.
"""
