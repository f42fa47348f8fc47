"""How times and numbers are written in French: “20 novembre 2018 à 14 h 30”, typed as 14:30; “1 156”."""

DATETIME_FORMAT = "j F Y à G\u00a0\\h\u00a0i"
TIME_FORMAT = "G\u00a0\\h\u00a0i"
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M", "%H\u00a0h\u00a0%M"]
THOUSAND_SEPARATOR = "\u202f"
