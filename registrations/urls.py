from django.urls import path

from registrations.views import calendars, employers, form, invitation, own_data, personal, slot, space, tickets

app_name = "registrations"
urlpatterns = [
    path("<slug:edition>/employeurs.json", employers.listed, name="employers"),
    path("<slug:edition>/seances/<str:code>/inscription/", form.create, name="create"),
    path("<slug:edition>/seances/<str:code>/inscription/courriel/", form.mailed, name="mailed"),
    path("inscriptions/", personal.resend, name="resend"),
    path("inscriptions/<str:link>/", personal.detail, name="detail"),
    path("inscriptions/<str:link>/creneau/", slot.choose, name="slot"),
    path("inscriptions/<str:link>/seance.ics", calendars.session_file, name="session_file"),
    path("invitations/<str:link>/", invitation.invited, name="invited"),
    path("espace/agenda/<str:link>.ics", calendars.subscription, name="calendar"),
    path("espace/donnees/<str:link>/", own_data.page, name="data"),
    path("espace/<str:link>/", space.detail, name="space"),
    path("billets/<str:link>/", tickets.ticket, name="ticket"),
    path("B/<str:code>", tickets.scanned, name="scanned"),  # in capitals: see registrations.tickets.address
]
