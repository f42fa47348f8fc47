"""Pages that the law asks for: addresses of the site itself, in no namespace (accessibility, legal, privacy)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
