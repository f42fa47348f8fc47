"""Settings of the innovation week: one file, the environment read once (see docs/operating.md)."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from innovation_week import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("VAR_DIR", str(BASE_DIR / "var")))

# --- The site -----------------------------------------------------------------------------------------------
DEBUG = environment.switch("DEBUG", default=False)
SECRET_KEY = environment.secret_key("SECRET_KEY", file=VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS", [])
PORT = environment.whole_number("PORT", default=8000, highest=65535)
SITE_URL = environment.site_url("SITE_URL", f"http://127.0.0.1:{PORT}")  # links in messages start with it
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", [str(urlsplit(SITE_URL).hostname), "127.0.0.1", "localhost"])
THEME = environment.choice("THEME", ["neutral", "state"], default="neutral")
DEMO = environment.switch("DEMO", default=False)  # permanent banner, not indexed
DEMO_PASSWORD = environment.text("DEMO_PASSWORD")  # of the staff login of the demonstration; empty: made once
TRAINING = environment.switch("TRAINING", default=False)  # permanent banner, not indexed, mails kept to a list
TRAINING_ADDRESSES = environment.words("TRAINING_ADDRESSES", [])

ROOT_URLCONF = "innovation_week.urls"
WSGI_APPLICATION = "innovation_week.wsgi.application"
FORCE_SCRIPT_NAME = ""  # SITE_URL has no path; a prefix from a header of the visitor would end up in mails and caches

INSTALLED_APPS = [
    "django_otp.plugins.otp_static",  # before innovation_week.admin, which takes their pages away
    "django_otp.plugins.otp_totp",
    "innovation_week.apps.InnovationWeekConfig",
    "innovation_week.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "crispy_forms",
    "csp",
    "dsfr",
    "simple_history",
    "widget_tweaks",
    "outbox.apps.OutboxConfig",
    "venues.apps.VenuesConfig",
    "sessions.apps.SessionsConfig",
    "speakers.apps.SpeakersConfig",
    "planning.apps.PlanningConfig",
    "publishing.apps.PublishingConfig",
    "registrations.apps.RegistrationsConfig",
    "exports.apps.ExportsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "innovation_week.content_security.OnePolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "innovation_week.context_processors.site",
            ],
        },
    },
]

# --- Data ---------------------------------------------------------------------------------------------------
DATABASES = {"default": environment.database("DATABASE_URL", sqlite=VAR_DIR / "innovation_week.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "innovation_week.form_renderer.FormRenderer"
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"
DELIVERABLES_ROOT = VAR_DIR / "deliverables"  # private: handed out by the back-office only
RELEASE_FILES_ROOT = VAR_DIR / "releases"  # files made once per release, such as the booklet

PAGE_CACHE_BYTES = 64 * 1024 * 1024  # ready public pages, per process
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # The counts of registrations.throttle, a few hundred bytes each: the 300 of Django are soon pushed out.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}

# --- Language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["innovation_week.formats"]
USE_THOUSAND_SEPARATOR = True  # keys and sizes in attributes are written with |unlocalize
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- Static files -------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "innovation_week.storage.HashedStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# --- Accounts of the staff ----------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "innovation_week.accounts.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "innovation_week.errors.csrf_failure"
# Asked of the roles that see personal data; the printed login of the demonstration has no telephone.
SECOND_FACTOR = environment.choice(
    "SECOND_FACTOR", ["required", "optional"], default="optional" if DEMO else "required"
)
OTP_TOTP_ISSUER = "Semaine de l’innovation publique"
STAFF_IDLE_MINUTES = environment.whole_number("STAFF_IDLE_MINUTES", default=30, highest=8 * 60)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "registrations.throttle.address_of"  # not the proxy's: one attacker would lock everybody out
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False

# --- Messages -----------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = environment.text(
    "DEFAULT_FROM_EMAIL", "Semaine de l’innovation publique <ne-pas-repondre@example.org>"
)
MESSAGE_DAYS = environment.whole_number("MESSAGE_DAYS", default=90)  # then the texts of mails sent are erased
MAIL_ONLY_TO = environment.words("MAIL_ONLY_TO", [])  # empty: to everybody
# In any minute, to one domain; 0: as fast as the server takes them, as for files.
MAIL_PER_DOMAIN_PER_MINUTE = environment.whole_number(
    "MAIL_PER_DOMAIN_PER_MINUTE", default=100 if environment.text("EMAIL_URL") else 0
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
BOUNCE_ADDRESS = environment.envelope_address("BOUNCE_ADDRESS")  # delivery reports come back to it
IMAP = environment.mailbox("IMAP_URL")  # where they are read
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = VAR_DIR / "mail"
vars().update(environment.mail_server("EMAIL_URL"))

# --- Security -----------------------------------------------------------------------------------------------
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_NAME = "session"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if environment.switch("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- The libraries we stand on ------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "dsfr_forms"
CRISPY_FAIL_SILENTLY = False
DSFR_USE_INTEGRITY_CHECKSUMS = False  # hashed file names change the bytes: the browser would block the style
DSFR_CONTENT_IS_SAFE = False  # True, the default, prints staff's HTML as it is
SIMPLE_HISTORY_REVERT_DISABLED = True

# --- Registration -------------------------------------------------------------------------------------------
# Hours a seat is held until its mail is answered; in the last days before the start, less.
HOLD_HOURS = environment.whole_number("HOLD_HOURS", default=24)
HOLD_HOURS_NEAR_START = environment.whole_number("HOLD_HOURS_NEAR_START", default=2)
HOLD_HOURS_CROWDED = environment.whole_number("HOLD_HOURS_CROWDED", default=4)
OFFER_HOURS = environment.whole_number("OFFER_HOURS", default=24)
OFFER_CUT_OFF_HOURS = environment.whole_number("OFFER_CUT_OFF_HOURS", default=2)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "mask_links": {"()": "innovation_week.log_filters.MaskPersonalLinks"},
        "one_line": {"()": "innovation_week.log_filters.OneLineForExpectedErrors"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask_links"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"filters": ["one_line"]},
        "axes": {"level": "WARNING"},  # three lines at each log-in
        "flufl.bounce": {"level": "WARNING"},  # each detector that looks at each mail
        # Making a booklet, they tell each table of each font and each page.
        "fontTools": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
    },
}
