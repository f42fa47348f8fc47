"""What is read in a mail: a report of a failure, of a delay, or nothing of the kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbox.reasons import Reason, code_in, reason_of
from outbox.reports import Report, read
from tests.outbox.samples import MESSAGE_ID, TO, VERP, names, sample

FAILURES = {
    "postfix_unknown": ("5.1.1", Reason.ADDRESS),
    "exchange_full": ("5.2.2", Reason.FULL),
    "exchange_online_unknown": ("5.1.10", Reason.ADDRESS),
    "gmail_refused": ("5.7.26", Reason.REFUSED),
    "exim_no_domain": ("", Reason.DOMAIN),
    "qmail_unknown": ("5.1.1", Reason.ADDRESS),
}


def reading(name: str, **values: str) -> Report:
    report = read(sample(name, **values))
    assert report is not None
    return report


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_names_our_mail_whom_it_did_not_reach_and_why(name):
    report = reading(name)

    assert report.is_permanent
    assert TO in report.recipients
    assert MESSAGE_ID in report.identifiers
    assert (report.code, reason_of(report.code, report.diagnostic)) == FAILURES[name]


def test_a_delay_is_not_a_failure():
    report = reading("postfix_delayed")

    assert not report.is_permanent
    assert TO in report.recipients
    assert MESSAGE_ID in report.identifiers
    assert reason_of(report.code, report.diagnostic) == Reason.FULL


def test_a_report_without_our_mail_tells_the_address_that_it_came_to():
    report = reading("postfix_without_mail")

    assert report.identifiers == frozenset()
    assert VERP in report.envelope
    assert reason_of(report.code, report.diagnostic) == Reason.CLOSED


@pytest.mark.parametrize("name", names("other_"))
def test_other_mails_are_no_report(name):
    assert read(sample(name)) is None


def test_the_words_of_the_server_are_kept_in_one_line():
    assert reading("postfix_unknown").diagnostic == (
        f"smtp; 550 5.1.1 <{TO}>: Recipient address rejected: User unknown in virtual mailbox table"
    )


@given(st.binary(max_size=2_000))
def test_nothing_that_is_received_stops_the_reading(raw):
    assert read(raw) is None


@given(st.sampled_from([*FAILURES, "postfix_delayed"]), st.integers(0, 3_000), st.binary(max_size=40))
def test_a_report_that_was_cut_or_spoilt_does_not_stop_the_reading(name, place, noise):
    raw = sample(name)

    read(raw[:place])
    read(raw[:place] + noise + raw[place:])


def test_an_address_on_the_network_is_no_code():
    assert code_in("host 5.1.1.25 said: no") == ""
    assert code_in("550 5.0.0 then 5.2.2.") == "5.2.2"
    assert code_in("status 5.0.0") == "5.0.0"


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        ("5.7.1", "550 5.7.1 relaying denied", Reason.REFUSED),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", Reason.ADDRESS),
        ("", "552 too much", Reason.FULL),
        ("", "550 no such user here", Reason.ADDRESS),
        ("5.4.4", "Host or domain name not found. Name service error", Reason.DOMAIN),
        ("4.4.7", "4.4.7 queue expired", Reason.UNREACHABLE),
        ("", "", Reason.OTHER),
    ],
)
def test_the_reason_is_told_by_the_code_or_by_the_words(code, text, reason):
    assert reason_of(code, text) == reason
