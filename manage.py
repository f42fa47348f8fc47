#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import sys

from django.core.management import execute_from_command_line

from innovation_week.environment import WrongValue


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innovation_week.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongValue as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
