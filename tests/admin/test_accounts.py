from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

NO_LIMIT = {"limit-TOTAL_FORMS": 0, "limit-INITIAL_FORMS": 0}


def form_of(user: User, **changed) -> dict[str, object]:
    return {"username": user.username, "email": user.email, "is_active": "on", "is_staff": "on"} | NO_LIMIT | changed


def test_a_project_lead_gives_roles_but_makes_no_superuser(project_lead):
    user = UserFactory()
    group = Group.objects.get(name="Accueil")
    fields = form_of(user, groups=[group.pk], is_superuser="on", user_permissions=[1])

    project_lead.post(reverse("admin:auth_user_change", args=[user.pk]), fields)

    user.refresh_from_db()
    assert (list(user.groups.all()), user.is_superuser, user.user_permissions.count()) == ([group], False, 0)


def test_a_project_lead_does_not_touch_a_superuser(project_lead, superuser):
    page = reverse("admin:auth_user_change", args=[superuser.pk])
    password = reverse("admin:auth_user_password_change", args=[superuser.pk])
    new = {"password1": "un-autre-mot-de-passe", "password2": "un-autre-mot-de-passe"}

    assert project_lead.post(page, form_of(superuser, is_active="")).status_code == 403
    assert project_lead.post(password, new).status_code == 403
    superuser.refresh_from_db()
    assert superuser.is_active


def test_too_many_wrong_passwords_pause_the_log_in_with_a_page_that_says_so(db):
    UserFactory(username="camille")
    client = Client()
    for _attempt in range(6):
        response = client.post(reverse("admin:login"), {"username": "camille", "password": "devine"})

    assert response.status_code == 429
    html = response.content.decode()
    assert "Connexion suspendue" in html
    assert 'name="password"' not in html


def test_wrong_passwords_from_elsewhere_do_not_lock_out_who_comes_through_the_same_proxy(db, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    UserFactory(username="camille")
    login, known = reverse("admin:login"), {"username": "camille", "password": "mot de passe de test"}
    for _attempt in range(6):
        Client(headers={"x-forwarded-for": "203.0.113.9"}).post(login, {"username": "camille", "password": "devine"})

    assert Client(headers={"x-forwarded-for": "203.0.113.9"}).post(login, known).status_code == 429
    assert Client(headers={"x-forwarded-for": "198.51.100.1"}).post(login, known).status_code == 302


def test_an_address_that_is_none_does_not_break_the_log_in(db, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(REMOTE_ADDR="", headers={"x-forwarded-for": "nonsense"})

    response = client.post(reverse("admin:login"), {"username": "camille", "password": "devine"})

    assert response.status_code == 200


def test_the_rights_of_an_account_are_its_own_and_those_of_its_roles_in_one_query(staff, django_assert_num_queries):
    staff("Accueil")
    user = staff("Lecture")
    user.groups.add(Group.objects.get(name="Logistique"))
    user.user_permissions.add(Permission.objects.get(codename="force_release"))
    roles = Permission.objects.filter(group__in=user.groups.all())

    with django_assert_num_queries(1):
        found = user.get_all_permissions()

    assert found == {
        "publishing.force_release",
        *(f"{right.content_type.app_label}.{right.codename}" for right in roles.select_related("content_type")),
    }
    assert not user.has_perm("publishing.add_release")


def test_an_account_that_is_no_longer_active_has_no_right(staff):
    user = staff("Chef de projet")
    user.is_active = False

    assert user.get_all_permissions() == set()
