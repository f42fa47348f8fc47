"""Numbers beyond any sense get a sentence, on every database, and not a failure of one of them."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories import (
    CandidacyFactory,
    PrivacyNoticeFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
LIMITS = [
    (SessionFactory, "seats", 100_000),
    (RoomFactory, "capacity", 100_000),
    (RoleFactory, "required", 100),
    (RoleFactory, "position", 32_767),
    (SequenceFactory, "position", 32_767),
    (CandidacyFactory, "position", 32_767),
    (PrivacyNoticeFactory, "retention_days", 3_650),
]


@pytest.mark.parametrize(("make", "field", "limit"), LIMITS)
def test_the_largest_number_is_taken(make, field, limit):
    row = make(**{field: limit})

    row.full_clean()
    row.save()


@pytest.mark.parametrize(("make", "field", "limit"), LIMITS)
@pytest.mark.parametrize("excess", [1, 2**31, 10**30])
def test_a_larger_one_is_refused_with_the_limit(make, field, limit, excess):
    row = make()
    setattr(row, field, limit + excess)

    with pytest.raises(ValidationError) as caught:
        row.full_clean()

    [error] = caught.value.error_dict[field]
    assert (error.code, error.params["limit_value"]) == ("max_value", limit)
