"""What Django itself costs on this machine: no middleware, one table, one lock, in one file.

    python -m bench.floor  # makes its tables, unless they are there
    gunicorn --workers 2 bench.floor:application

What absolute figures say depends on the machine and on the hour. Goals were set beside such an application on
another machine: the ratio to this one, measured in the same minutes, is what can be compared.
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from innovation_week import environment

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    DATABASES={"default": environment.database("DATABASE_URL", sqlite=Path(os.environ["VAR_DIR"]) / "floor.sqlite3")},
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.template import Context, Engine
from django.urls import path

PAGE = Engine().from_string(
    '<!DOCTYPE html><html lang="fr"><title>{{ seance.title }}</title><h1>{{ seance.title }}</h1>'
    "{% for paragraph in paragraphs %}<p>{{ paragraph }}</p>{% endfor %}</html>"
)
FORM = '<form id="inscription" method="post"><input type="hidden" name="seance" value="1"><input name="email"></form>'


class Seance(models.Model):
    title = models.CharField(max_length=200)
    text = models.TextField()
    seats = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "floor"
        db_table = "floor_seance"

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    seance = models.ForeignKey(Seance, models.CASCADE)
    email = models.EmailField(unique=True)

    class Meta:
        app_label = "floor"
        db_table = "floor_seat"

    def __str__(self) -> str:
        return self.email


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Bonjour")


def one_select(request: HttpRequest) -> HttpResponse:
    """A page of two kilobytes."""
    seance = Seance.objects.get(pk=1)
    return HttpResponse(PAGE.render(Context({"seance": seance, "paragraphs": seance.text.split("\n")})))


def form(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(FORM)
    with transaction.atomic():
        seance = Seance.objects.select_for_update().get(pk=1)
        if seance.taken >= seance.seats:
            return HttpResponse("La séance est complète.", status=409)
        Seat.objects.create(seance=seance, email=request.POST["email"])
        seance.taken += 1
        seance.save(update_fields=["taken"])
    return HttpResponseRedirect("/bench/done")


def make() -> None:
    if Seance._meta.db_table in connection.introspection.table_names():
        return
    with connection.schema_editor() as editor:
        editor.create_model(Seance)
        editor.create_model(Seat)
    Seance.objects.create(
        pk=1, title="Bureau du futur", text="\n".join(["Une page d’exposition. " * 26] * 3), seats=10**6
    )


urlpatterns = [
    path("bench/plain", plain),
    path("bench/one-select", one_select),
    path("bench/form", form),
    path("bench/done", plain),
]

if __name__ == "__main__":
    make()
else:
    application = get_wsgi_application()
