"""WSGI entry point: what gunicorn serves, in development as in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innovation_week.settings")

application = get_wsgi_application()
