"""All settings, read from the environment. Nothing here is secret and nothing secret has a default."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "zhenggai"
VAR = Path(os.environ.get("ZHENGGAI_VAR", ROOT / "var"))


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Start the product with `make run`, run a command with `zhenggai manage …` "
            "(both set it), or set it yourself as docs/deployment.md says."
        )
    return value


# ── the place ────────────────────────────────────────────────────────────────
BASE_URL = os.environ.get("ZHENGGAI_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = os.environ.get("ZHENGGAI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PROXIES = int(os.environ.get("ZHENGGAI_PROXIES", "0"))  # our own, each of which appends to X-Forwarded-For
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
SECRET_KEY = _required("ZHENGGAI_SECRET_KEY")
# Keys in force before this one, with spaces between: what they sealed or signed can still be read.
SECRET_KEY_FALLBACKS = os.environ.get("ZHENGGAI_SECRET_KEYS_BEFORE", "").split()
DEBUG = False

# ── applications, lowest layer first (ARCHITECTURE.md) ───────────────────────
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "axes",
    "zhenggai.ui",
    "zhenggai.audit",
    "zhenggai.accounts",
    "zhenggai.rulebook",
    "zhenggai.documents",
    "zhenggai.ledger",
    "zhenggai.intake",
    "zhenggai.progress",
    "zhenggai.publicity",
    "zhenggai.supervision",
    "zhenggai.closure",
    "zhenggai.pages",
    "zhenggai.reminders",
    "zhenggai.demo",
]

MIDDLEWARE = [
    "zhenggai.publicity.middleware.KeptPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhenggai.accounts.middleware.IdleTimeoutMiddleware",
    "zhenggai.accounts.middleware.PrivatePagesMiddleware",
    "zhenggai.accounts.middleware.LoginRequiredMiddleware",
    "zhenggai.accounts.middleware.OwnPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhenggai.audit.middleware.AuditSourceMiddleware",
    "zhenggai.ui.middleware.ReadingNeverWritesMiddleware",
    "zhenggai.ui.middleware.WrongMethodMiddleware",
    "zhenggai.documents.middleware.UploadAnswerMiddleware",
    "zhenggai.accounts.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["zhenggai.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhenggai.ui.context.site",
                "zhenggai.pages.context.index",
                "zhenggai.reminders.context.bell",
            ],
        },
    },
    # For the parts of a page that repeat: zhenggai/ui/compiled.py.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "compiled",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "zhenggai.ui.compiled.environment"},
    },
]

# ── database ─────────────────────────────────────────────────────────────────
DATABASES = {
    "default": {
        **dj_database_url.parse(_required("DATABASE_URL"), conn_max_age=600, conn_health_checks=True),
        "OPTIONS": {
            # A statement that comes again is planned once for each connection: over two years of monthly partitions
            # planning takes longer than answering (docs/decisions/0013). ui/apps.py says how many are kept.
            "server_side_binding": True,
            "prepare_threshold": 2,
            # Our queries touch few rows of many tables: planned in full, compiled, or spread over more processes, they
            # take longer than they run.
            "options": "-c TimeZone=UTC -c statement_timeout=30000 -c lock_timeout=10000"
            " -c join_collapse_limit=6 -c from_collapse_limit=6 -c jit=off -c max_parallel_workers_per_gather=0",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── what is kept in memory, by each process for itself ───────────────────────
# Public pages stand apart: however many addresses are asked for, they push out nothing else. A drawn page of figures takes
# some 90 kB (audit/unchanged.py): 1,000 entries stay below 100 MB, whatever addresses are made up.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1000}},
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}  # fmt: skip

# ── people ───────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "my_work"
LOGOUT_REDIRECT_URL = "portal_home"
IDLE_MINUTES = int(os.environ.get("ZHENGGAI_IDLE_MINUTES", "60"))
SESSION_HOURS = int(os.environ.get("ZHENGGAI_SESSION_HOURS", "12"))

# The name is locked, not the address: a whole county office sits behind one address.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = 5
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = PROXIES
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True  # logins are rows of our own audit trail
AXES_VERBOSE = False

# ── language, time ───────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "Y-m-d"

# ── files ────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "files"
PREVIEW_ROOT = VAR / "previews"  # made from files, and made again when deleted
FILE_UPLOAD_TEMP_DIR = VAR / "tmp"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = ["zhenggai.documents.uploads.LimitedFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 40
STORAGES = {
    "default": {"BACKEND": "zhenggai.documents.storage.WholeFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
PLAN_FILE_LIMIT = 50 * 1024 * 1024
EVIDENCE_FILE_LIMIT = 20 * 1024 * 1024
FORM_FILES_LIMIT = 400 * 1024 * 1024  # all files of one form together
# Reading an uploaded document happens in a process of its own, with these limits.
READING_SECONDS = 60
READING_MEMORY = 1024 * 1024 * 1024
# What may be a scan (PDF, OFD, pictures) is given more: text recognition takes some 6 processor seconds a page.
SCAN_SECONDS = 300
SCAN_MEMORY = 3 * 1024 * 1024 * 1024

# ── security ─────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_NAME = "__Host-zhenggai" if HTTPS else "zhenggai"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "zhenggai.ui.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# ── letters and messages: none are sent until these are set ──────────────────
EMAIL_HOST = os.environ.get("ZHENGGAI_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("ZHENGGAI_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ZHENGGAI_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ZHENGGAI_MAIL_PASSWORD", "")
EMAIL_USE_SSL = os.environ.get("ZHENGGAI_MAIL_TLS", "") == "ssl"
EMAIL_USE_TLS = os.environ.get("ZHENGGAI_MAIL_TLS", "") == "starttls"
DEFAULT_FROM_EMAIL = os.environ.get("ZHENGGAI_MAIL_FROM", "")
EMAIL_TIMEOUT = 10
# Beside DingTalk, WeCom and Feishu: schemes of other services that apprise knows and this place has (jsons, …).
CHANNEL_SCHEMES = os.environ.get("ZHENGGAI_CHANNEL_SCHEMES", "").lower().split()

# ── log ──────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ZHENGGAI_LOG", "WARNING")},
}
