import datetime as dt

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

TRACES = {AccessAttempt: {"failures_since_start": 1}, AccessFailureLog: {}, AccessLog: {}}


@pytest.mark.django_db
def test_a_login_writes_nothing_to_the_log_and_a_failed_one_is_a_warning(client, superuser, caplog):
    client.post("/admin/login/", {"username": "superuser", "password": "not mine"})
    warned = [record.levelname for record in caplog.records if record.name.startswith("axes")]
    caplog.clear()
    superuser.set_password("mine and only mine")
    superuser.save()
    response = client.post("/admin/login/?next=/admin/", {"username": "superuser", "password": "mine and only mine"})

    assert response.status_code == 302
    assert set(warned) == {"WARNING"}
    assert [record.getMessage() for record in caplog.records if record.name.startswith("axes")] == []


@pytest.mark.django_db(transaction=True)  # the worker closes its connections
def test_old_log_ins_and_ended_sessions_are_forgotten_by_the_worker():
    now = timezone.now()
    for days in (179, 181):
        Session.objects.create(session_key=f"ended {days}", expire_date=now - dt.timedelta(days=days))
        for traces, more in TRACES.items():
            trace = traces.objects.create(username=f"before {days}", ip_address="192.0.2.7", **more)
            traces.objects.filter(pk=trace.pk).update(attempt_time=now - dt.timedelta(days=days))
    Session.objects.create(session_key="alive", expire_date=now + dt.timedelta(hours=1))

    call_command("work", "--once")

    assert [session.pk for session in Session.objects.all()] == ["alive"]
    for traces in TRACES:
        assert [trace.username for trace in traces.objects.all()] == ["before 179"]
