from django.urls import path

from exports import feed_views, paper_views, views

app_name = "exports"
urlpatterns = [
    path("<slug:edition>/programme.pdf", views.booklet, name="booklet"),
    path("<slug:edition>/programme.ics", views.calendar, name="calendar"),
    path("<slug:edition>/seances/<str:code>.ics", views.session_calendar, name="session_calendar"),
    path("<slug:edition>/schedule.xml", feed_views.schedule_xml, name="schedule_xml"),
    path("<slug:edition>/schedule.json", feed_views.schedule_json, name="schedule_json"),
    path("inscriptions/<str:link>/convocation.pdf", paper_views.convocation, name="convocation"),
    path("inscriptions/<str:link>/attestation.pdf", paper_views.certificate, name="certificate"),
    path("billets/<str:link>/billet.pdf", paper_views.ticket, name="ticket"),
]
