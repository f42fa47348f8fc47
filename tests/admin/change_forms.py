"""A change form as a browser handles it: opened, filled in, sent back with all it holds."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml import html


def fields_of(response: HttpResponse) -> dict[str, Any]:
    """What the form of the page would send, untouched."""
    (form,) = html.fromstring(response.content.decode()).xpath("//div[@id='content-main']/form")
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def opened(client: Client, address: str) -> dict[str, Any]:
    return fields_of(client.get(address))
