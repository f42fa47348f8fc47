"""What the administration adds to Django's: screens of its own, and what every form and list of it shares."""
