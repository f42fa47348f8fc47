from django.urls import reverse

from tests.factories import EditionFactory


def test_a_training_site_says_so_on_every_page_and_is_not_indexed(settings, client, superuser_client):
    settings.TRAINING = True
    EditionFactory(is_current=True)
    public = client.get(reverse("accessibility"))
    admin, login = superuser_client.get(reverse("admin:index")), client.get(reverse("admin:login"))

    for page in (public, admin, login):
        assert "Site de formation." in page.content.decode()
    assert 'content="noindex"' in public.content.decode()
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()


def test_another_site_has_no_such_banner(client, db):
    assert "Site de formation." not in client.get(reverse("accessibility")).content.decode()
