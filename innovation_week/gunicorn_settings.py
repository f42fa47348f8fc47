"""How gunicorn serves the site: ``gunicorn --config python:innovation_week.gunicorn_settings innovation_week.wsgi``."""

from innovation_week import environment
from innovation_week.settings import LOGGING, PORT

bind = environment.text("BIND", f"127.0.0.1:{PORT}")
workers = environment.whole_number("WEB_WORKERS", default=2)
# Threads: a browser keeps idle connections open, each of which would hold a whole worker otherwise.
worker_class = "gthread"
threads = environment.whole_number("WEB_THREADS", default=4)
timeout = 60
graceful_timeout = 10
control_socket_disable = True  # its address is one per user: two instances would be in each other's way

# No access log: the address of a personal link is a right to act. What is logged passes the same mask as Django's.
accesslog = None
logconfig_dict = {
    **LOGGING,
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "propagate": True},
        "gunicorn.http.wsgi": {"level": "ERROR"},  # warns of each HEAD request: Django leaves its body to the server
    },
}
