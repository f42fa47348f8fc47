"""How long personal data is kept that no edition's notice speaks of, nor a setting (MESSAGE_DAYS)."""

import datetime as dt

# A request for links names an address that may be nobody's here.
LINK_REQUESTS = dt.timedelta(days=30)
# Those about a registration go with the names of its edition.
MESSAGES = dt.timedelta(days=365)
# After the session.
ACCESS_NEEDS = dt.timedelta(days=30)
# In which whoever sent a form may correct the address in it; what it said beside names is kept as long.
CORRECTIONS = dt.timedelta(hours=1)
LOGINS = dt.timedelta(days=180)
EXPORTS = dt.timedelta(days=365)
STAFF_ACTIONS = dt.timedelta(days=365)
PACES = dt.timedelta(days=1)
