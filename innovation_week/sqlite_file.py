import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from django.db import connections


class ExistingFile(sqlite3.Connection):
    """Opens a file, never makes one: were it moved away, the site would go on with an empty one in its place."""

    def __init__(self, database: str | Path, **options: Any) -> None:
        super().__init__(f"{Path(database).absolute().as_uri()}?mode=rw", **options)


def make_file(alias: str = "default") -> None:
    """Only what brings a database up to date may begin one."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        with contextlib.suppress(OSError):  # the connection will say why
            Path(connection.settings_dict["NAME"]).touch()
