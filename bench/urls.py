from django.http import HttpRequest, HttpResponse
from django.urls import path

from innovation_week.urls import urlpatterns as site
from sessions.models import Edition


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Bonjour")


def one_select(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Edition.objects.values_list("name", flat=True).get(slug="bench200"))


urlpatterns = [path("bench/plain", plain), path("bench/one-select", one_select), *site]
