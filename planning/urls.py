from django.urls import path

from planning import views

app_name = "planning"
urlpatterns = [path("retroplanning/<str:link>.ics", views.task_calendar, name="task_calendar")]
