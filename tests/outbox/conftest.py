from urllib.parse import quote

from django.db import connection


def address_of_the_test_database() -> str:
    """For a process of its own, as ``DATABASE_URL``."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    options = values.get("OPTIONS", {})
    host = options.get("host") or values["HOST"]
    who = quote(values["USER"]) + (f":{quote(values['PASSWORD'])}" if values["PASSWORD"] else "")
    port = f"&port={values['PORT']}" if values["PORT"] else ""
    return f"postgres://{who}@/{values['NAME']}?host={host}{port}"
