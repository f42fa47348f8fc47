import re

from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.factories import RegistrationFactory, UserFactory

APPS = ["programme", "publishing", "planning", "speakers"]
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


def test_pages_of_accounts_and_roles_are_called_by_their_noun(superuser_client, superuser):
    group = Group.objects.get(name="Accueil")
    pages = [
        (reverse("admin:auth_user_changelist"), "Utilisateurs"),
        (reverse("admin:auth_user_change", args=[superuser.pk]), "Utilisateur"),
        (reverse("admin:auth_group_changelist"), "Groupes"),
        (reverse("admin:auth_group_change", args=[group.pk]), "Groupe"),
    ]

    for address, title in pages:
        html = superuser_client.get(address).content.decode()
        assert (address, f"<h1>{title}</h1>" in html) == (address, True)
        assert ">Comptes</a>" in html[html.index('class="breadcrumbs"') :]


def test_rights_of_a_role_are_told_in_words(superuser_client, project_lead):
    group = Group.objects.create(name="Essai")
    chosen = ["view_session", "change_session", "force_release", "view_amount", "export_speaker"]
    group.permissions.set(Permission.objects.filter(codename__in=chosen, content_type__app_label__in=APPS))
    page = reverse("admin:auth_group_change", args=[group.pk])

    read, written = (client.get(page).content.decode() for client in (project_lead, superuser_client))

    lines = re.findall(r"<li>([^<]*)</li>", read[read.index('<ul class="rights">') :])
    assert lines == [
        "Intervenants – exporter vers un tableur",
        "Prestations – voir les montants",
        "Séances – modifier, voir",
        "Versions publiées – publier malgré un conflit",
    ]
    boxes = re.findall(r'<input type="checkbox" name="permissions"([^>]*)>\s*([^<]*?)\s*</label>', written)
    assert "Séances\u00a0: voir" in [words for attributes, words in boxes if " checked" in attributes]
    assert sum(" checked" in attributes for attributes, _words in boxes) == len(chosen)
    assert "Utilisateurs\u00a0: voir" in [words for attributes, words in boxes if " checked" not in attributes]
    assert " Can " not in written


def test_nobody_is_granted_a_right_one_by_one(superuser_client, project_lead):
    page = reverse("admin:auth_user_change", args=[UserFactory().pk])

    for client in (superuser_client, project_lead):
        assert "user_permissions" not in client.get(page).content.decode()


def test_rows_that_services_write_lead_to_no_empty_history(superuser_client):
    row = RegistrationFactory(session__edition__is_current=True)
    page = reverse("admin:registrations_registration_change", args=[row.pk])
    session = reverse("admin:programme_session_change", args=[row.session_id])

    assert 'class="historylink"' not in superuser_client.get(page).content.decode()
    assert 'class="historylink"' in superuser_client.get(session).content.decode()
