import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from tests import factories

OURS = ["outbox", "venues", "programme", "speakers", "publishing", "registrations"]
MADE = [
    value
    for value in vars(factories).values()
    if isinstance(value, type) and issubclass(value, factories.DjangoModelFactory) and value._meta.model
]


@pytest.mark.django_db
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_factory_makes_rows_that_the_admin_would_accept(make):
    for row in make.create_batch(2):
        try:
            row.full_clean()
        except ValidationError as error:
            pytest.fail(str(error))


def test_every_model_has_a_factory():
    models = {model for label in OURS for model in apps.get_app_config(label).get_models()}
    kept_by_hand = {
        model for model in models if not model.__name__.startswith("Historical") and not model._meta.auto_created
    }

    assert {make._meta.model for make in MADE} >= kept_by_hand
