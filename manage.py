#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError
from django.utils.translation import gettext

from innovation_week.environment import WrongValue


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innovation_week.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongValue as error:
        sys.exit(str(error))
    except OperationalError as error:
        told = gettext("The database cannot be used: %s") % str(error).strip()
        advice = gettext("Does it run? Is DATABASE_URL right? Is it up to date (manage.py migrate)?")
        sys.exit(f"{told}\n{advice}")


if __name__ == "__main__":
    main()
