from django.urls import path

from exports import views

app_name = "exports"
urlpatterns = [
    path("<slug:edition>/programme.pdf", views.booklet, name="booklet"),
    path("<slug:edition>/programme.ics", views.calendar, name="calendar"),
    path("<slug:edition>/seances/<str:code>.ics", views.session_calendar, name="session_calendar"),
]
