from django.urls import path, register_converter
from django.urls.converters import StringConverter

from publishing.views import home, news, people, places, programme, session


class CodeConverter(StringConverter):
    """Anything a person may have mistyped, but control characters: PostgreSQL refuses a NUL in a query."""

    regex = "[^/\x00-\x1f]+"


register_converter(CodeConverter, "code")

app_name = "publishing"
urlpatterns = [
    path("", home.index, name="index"),
    path("<slug:edition>/", home.home, name="home"),
    path("<slug:edition>/programme/", programme.programme, name="programme"),
    path("<slug:edition>/seances/<code:code>/", session.session, name="session"),
    path("<slug:edition>/sequences/<slug:slug>/", programme.sequence, name="sequence"),
    path("<slug:edition>/intervenants/", people.speakers, name="speakers"),
    path("<slug:edition>/intervenants/<code:code>/", people.speaker, name="speaker"),
    path("<slug:edition>/lieux/", places.venues, name="venues"),
    path("<slug:edition>/lieux/<slug:slug>/", places.venue, name="venue"),
    path("<slug:edition>/nouveautes/", news.news, name="news"),
]
