"""The site as it is, with the two trivial views of the floor beside it."""

from innovation_week.settings import *  # noqa: F403  # a settings module that differs in one value

ROOT_URLCONF = "bench.urls"
