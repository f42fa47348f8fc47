from typing import Any

from django import forms

from registrations.seats import check_capacity
from sessions.models import Session
