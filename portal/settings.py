"""Settings of the portal; what varies comes from the environment (.env.example)."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
os.umask(0o027)  # what this process writes (database, mail, uploads) is not for others to read
VAR_DIR.mkdir(parents=True, exist_ok=True)


def env(name: str, default: str = "") -> str:
    """Return a variable of the environment, or `default` if it is unset or empty."""
    return os.environ.get(name) or default


def env_bool(name: str) -> bool:
    """Whether a variable is 1, true, yes or on."""
    return env(name).lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    """Return a variable's words, separated by commas or spaces."""
    return env(name, default).replace(",", " ").split()


def local_secret(name: str) -> str:
    """Return a key from the environment; in DEBUG make one and keep it in VAR_DIR.

    Raises:
        ImproperlyConfigured: If the variable is missing outside DEBUG.
    """
    if value := env(name):
        return value
    if not DEBUG:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example.")
    path = VAR_DIR / f"{name.lower()}.txt"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # the first of two processes wins
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


# ---- What this process is -------------------------------------------------------
DEBUG = env_bool("DEBUG")
SECRET_KEY = local_secret("SECRET_KEY")
LINK_KEY = env("LINK_KEY") or (local_secret("LINK_KEY") if DEBUG else "")
if not LINK_KEY:
    raise ImproperlyConfigured("LINK_KEY is not set. See .env.example.")
PORT = env("PORT", "8000")
SITE_URL = env("SITE_URL", f"http://localhost:{PORT}" if DEBUG else "").rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):  # else mails would lead nowhere
    raise ImproperlyConfigured("SITE_URL is not set to an address. See .env.example.")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", f"{SITE_HOST} localhost 127.0.0.1 [::1]")
TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0"))
EMBED_ANCESTORS = env_list("EMBED_ANCESTORS", "*")

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "portal.User"

INSTALLED_APPS = [
    "portal",
    "multiplier",
    "principles",
    "councils",
    "network",
    "casestudies",
    "campaign",
    "search",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.typed_table_block",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.snippets",
    "wagtail.sites",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # so that FORM_RENDERER finds Django's own templates too
]

MIDDLEWARE = [
    "portal.security.token_guessing.PrivateLinksMiddleware",  # outermost: errors and redirects too
    "portal.middleware.NoIndexMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.security.policy.StrictPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "portal.faults.OutageMiddleware",
    "portal.middleware.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.security.token_guessing.TokenGuessingMiddleware",
    "portal.form_recovery.FormRecoveryMiddleware",
    "portal.security.second_factor.RequireSecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.SmallLettersMiddleware",
    "portal.page_styles.PageStylesMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "portal.middleware.OwnNotFoundMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
                "campaign.navigation.site",
            ],
        },
    },
]
FORM_RENDERER = "portal.forms.GovukRenderer"

# ---- Data -----------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
_default = DATABASES["default"]
if _default["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE, two writers get "database is locked" (stack.md, section 7).
    _default["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Seconds that a writer waits for another one. Then the visitor is told so, with what was
        # typed; nobody's thread is held up for longer (docs/operations.md).
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, because browser tests read the test database from several threads.
    _default["TEST"] = {"NAME": env("TEST_DB_NAME", str(VAR_DIR / "test.sqlite3"))}
else:
    # Seconds (the last: milliseconds) until a server that cannot be reached, or went away without
    # a word, is given up; without them a thread would wait for it for minutes or hours.
    _patience: dict[str, object] = {"connect_timeout": 3, "keepalives_idle": 10}
    _patience |= {"keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
    _default["OPTIONS"] = _patience | _default.get("OPTIONS", {})

CACHES = {
    # Rate limits and one-time marks: shared by every process, never evicted early.
    "default": {
        "BACKEND": "portal.shared_cache.InRedis",
        "LOCATION": env("REDIS_URL"),
    }
    if env("REDIS_URL")
    else {
        "BACKEND": "portal.shared_cache.InDatabase",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Which sizes of a picture there are, so that pages of many pictures do not ask for each.
    "renditions": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "renditions",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
}
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"
        if env_bool("TASKS_AT_ONCE")
        else "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
    }
}
SEARCH_FILE = Path(env("SEARCH_FILE", str(VAR_DIR / "search.sqlite3")))
ELASTICSEARCH_URL = env("ELASTICSEARCH_URL")
COUNT_QUESTIONS = env("COUNT_QUESTIONS", "1") != "0"
ELASTICSEARCH_NAME = env("ELASTICSEARCH_NAME", "keep-it-local")

MEDIA_ROOT = Path(env("MEDIA_ROOT", str(VAR_DIR / "media")))
UPLOADS_ROOT = Path(env("UPLOADS_ROOT", str(VAR_DIR / "uploads")))
MEDIA_URL = env("MEDIA_URL", "/media/")
# Where the worker puts a backup each night, and how many days each is kept; "" makes none.
BACKUP_DIR = env("BACKUP_DIR")
BACKUP_DAYS = int(env("BACKUP_DAYS", "14"))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(VAR_DIR / "static")))
AS_THEY_STAND = DEBUG or env_bool("TASKS_AT_ONCE")  # no collectstatic needed
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if AS_THEY_STAND
        else "portal.static_addresses.StaticAddresses"
    },
}
WHITENOISE_USE_FINDERS = AS_THEY_STAND
# Names with a hash: Django's ("site.61cdc1d611e8.css") and those of parts of our scripts.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/static/.+(\.[0-9a-f]{12}|-[0-9A-Z]{8})\.[a-z0-9]+$"
WHITENOISE_ROOT = BASE_DIR / "portal" / "root"  # /favicon.ico and its like

# ---- Mail -----------------------------------------------------------------------
MAIL_DIR = VAR_DIR / "mail"


def mail_settings(url: str) -> dict[str, object]:
    """Return Django's EMAIL_* settings from one URL.

    Args:
        url: `file:`, `console:`, `memory:`, `smtp://user:password@host:port?tls=1` (or
            `ssl=1`), or a provider that django-anymail has, with its settings:
            `anymail://postmark?server_token=...`.

    Raises:
        ImproperlyConfigured: For any other scheme.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.scheme == "anymail":
        provider = parts.hostname or ""
        return {
            "EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend",
            "MAIL_PROVIDER": provider,
            "ANYMAIL": {f"{provider}_{name}".upper(): texts[0] for name, texts in query.items()}
            | {"REQUESTS_TIMEOUT": 20},
        }
    backends = {"file": "filebased", "console": "console", "memory": "locmem", "smtp": "smtp"}
    if parts.scheme not in backends:
        raise ImproperlyConfigured(f"EMAIL_URL has an unknown scheme: {parts.scheme}")
    found: dict[str, object] = {
        "EMAIL_BACKEND": f"django.core.mail.backends.{backends[parts.scheme]}.EmailBackend"
    }
    if parts.scheme == "file":
        found["EMAIL_FILE_PATH"] = parts.path or str(MAIL_DIR)
    if parts.scheme == "smtp":
        found |= {
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or 25,
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": "tls" in query,
            "EMAIL_USE_SSL": "ssl" in query,
            "EMAIL_TIMEOUT": 20,
        }
    return found


MAIL_PROVIDER = ""
ANYMAIL: dict[str, object] = {}
globals().update(mail_settings(env("EMAIL_URL", f"file:{MAIL_DIR}")))
# The provider that reports bounces, and the "user:password" it sends with each report.
MAIL_PROVIDER = env("MAIL_PROVIDER", MAIL_PROVIDER)
MAIL_WEBHOOK_SECRET = env("MAIL_WEBHOOK_SECRET")
if MAIL_WEBHOOK_SECRET:
    ANYMAIL["WEBHOOK_SECRET"] = MAIL_WEBHOOK_SECRET
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"Keep it Local <noreply@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ---- Language and time ----------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"

# ---- Signing in: allauth for everyone, both admins included ------------------------
# One, because each would hash a wrong password anew; it is a ModelBackend too.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "portal.security.passwords.OwaspArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # older ones, replaced at sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.security.passwords.OwnWordsValidator"},
]
LOGIN_URL = "account_request_login_code"  # officers never set a password
LOGIN_REDIRECT_URL = "network:my"
ACCOUNT_ADAPTER = "portal.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # so that the login form has a password
ACCOUNT_FORMS = {
    "request_login_code": "portal.accounts.EmailCodeForm",
    "reset_password": "portal.accounts.PasswordResetForm",
    "add_email": "portal.accounts.NewAddressForm",
    "confirm_login_code": "portal.accounts.LoginCodeForm",
    "confirm_email_verification_code": "portal.accounts.AddressCodeForm",
    "confirm_password_reset_code": "portal.accounts.PasswordCodeForm",
}
# Each of these sends an email to an address that anyone can type.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,30/h/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,30/h/ip,5/m/key,10/h/key",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 30 * 60
# allauth forgets the whole attempt after this: it must outlive two codes that are sent again.
ACCOUNT_LOGIN_TIMEOUT = 3 * ACCOUNT_LOGIN_BY_CODE_TIMEOUT
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Every page for a code says how long it works: the same for all.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT
ACCOUNT_EMAIL_NOTIFICATIONS = True  # sent by our outbox: portal.account_history
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# What staff confirm too: people's rights, and decisions that are published or end something.
CONFIRMED_PATHS = ("/admin/users/", "/admin/groups/", "/admin/settings/", "/django-admin/")
CONFIRMED_VIEWS = {
    "accept",
    "access_request",
    "announce_cohort",
    "approve_wording",
    "confirm_approval",
    "decide_removal",
    "decline",
    "end",
    "erase_note",
    "merge_people",
    "move_wording",
    "open_removal",
    "person",
    "record_member",
    "rewrite_wording",
    "send_member_message",
    "send_newsletter",
    "strike_out",
    "strike_out_later",
    "write_wording",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a closed account gets no mail
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_ADAPTER = "portal.accounts.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "portal.accounts.SetUpAppForm",
    "add_webauthn": "portal.accounts.AddPasskeyForm",
}
MFA_TOTP_ISSUER = "Keep it Local"

# ---- Wagtail --------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Keep it Local"
WAGTAIL_PAGE_MODEL = "wagtailcore.Page"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILAPI_DOCS_ENABLED = False
# Its pixels are decoded in the web server's memory, 4 bytes each, more than once.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILIMAGES_IMAGE_MODEL = "portal.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "portal.security.pictures.PictureForm"
# No GIF, because one that moves cannot be stopped (WCAG 2.2.2).
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpeg", "jpg", "png", "webp"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
# `portal.security.files` lists the types, and `documents` looks at the content too.
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "portal.security.documents.DocumentForm"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
# One zone, so that the account page asks no one, and a browser's odd zone causes no error.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "portal.admin_search", "SEARCH_CONFIG": "english"}}
WAGTAILADMIN_NOTIFICATION_FROM_EMAIL = DEFAULT_FROM_EMAIL

# ---- Security -------------------------------------------------------------------
MESSAGE_STORAGE = "portal.security.messages.MessageStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:  # no other host of the domain, and no page over http, can set these
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
# Browsers keep the whole domain on a list for years: only for an owner who wants that.
SECURE_HSTS_PRELOAD = SECURE and env_bool("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preload is off
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "portal.form_recovery.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ["camera", "geolocation", "microphone", "payment", "usb", "autoplay"]
}

# ---- Logs: no emailed link, no query string of the calculator -----------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redaction": {"()": "portal.security.log_redaction.RedactionFilter"}},
    "formatters": {
        "plain": {
            "format": "{asctime} {levelname} {name}: {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["redaction"],
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "portal": {"level": "INFO"},
        # Django's own handlers do not redact, so everything goes to root's.
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # A wrong Host is answered with 400; robots send many.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
