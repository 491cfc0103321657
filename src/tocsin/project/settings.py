"""Django settings, all from the environment (`TOCSIN_*`, see docs/reference/settings.md)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from tocsin.project.home import flag, home, public_url, secret_key, setting, settings_named

SCREENS = Path(__file__).parent.parent / "screens"
HOME = home()
SECRET_KEY = secret_key(HOME)
DEBUG = flag("DEBUG")
PUBLIC_URL = public_url(HOME)
ALLOWED_HOSTS = [h for h in setting("ALLOWED_HOSTS", "*").split(",") if h]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "tocsin.project.urls"
ASGI_APPLICATION = "tocsin.project.asgi.application"

INSTALLED_APPS = [
    "tocsin.ui",  # before the sign-in library, whose pages it draws anew
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "tocsin.core.secrets",
    "tocsin.core.events",
    "tocsin.core.engine",
    "tocsin.core.search",
    "tocsin.core.alarms",
    "tocsin.domain.accounts",
    "tocsin.domain.rulebooks",
    "tocsin.domain.catalog",
    "tocsin.domain.delivery",
    "tocsin.domain.oncall",
    "tocsin.domain.alerts",
    "tocsin.domain.monitoring",
    "tocsin.domain.incidents",
    "tocsin.domain.assurance",
    "tocsin.domain.obligations",
    "tocsin.domain.triage",
    "tocsin.domain.broadcasts",
    "tocsin.domain.knowledge",
    "tocsin.domain.chat",
    "tocsin.domain.statuspage",
    "tocsin.domain.drill",
    "tocsin.api",
    "tocsin.screens",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tocsin.ui.middleware.ScreenMiddleware",
]

_loaders = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django_cotton.cotton_loader.Loader",
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": sorted(SCREENS.glob("*/*/templates")),
        "OPTIONS": {
            "loaders": _loaders,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "tocsin.ui.context.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "tocsin.ui.templatetags.tocsin",
            ],
        },
    }
]
COTTON_DIR = "cotton"

DATABASE_URL = setting("DATABASE_URL", f"sqlite:///{HOME / 'tocsin.sqlite3'}")
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "tocsin.core.sqlite"
    # FULL: an acknowledged page must survive a power cut as surely as an accepted alert does.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA recursive_triggers=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; "
            "PRAGMA mmap_size=67108864"
        ),
    }
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tocsin.domain.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "tocsin.domain.accounts.adapter.SocialAccountAdapter"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")
MFA_TOTP_ISSUER = "Tocsin"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if setting("OIDC_SERVER_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": setting("OIDC_NAME", "Single sign-on"),
                "client_id": setting("OIDC_CLIENT_ID"),
                "secret": setting("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": setting("OIDC_SERVER_URL")},
            }
        ]
    }

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
# Translations of the status page that people bring themselves: <home>/locale/<code>/LC_MESSAGES/django.mo.
LOCALE_PATHS = [HOME / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = sorted(SCREENS.glob("*/*/static"))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files"},
    },
    "staticfiles": {"BACKEND": "tocsin.ui.static_files.Storage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Mail: smtp://user:password@host:port, smtps:// for TLS from the start, ?starttls=1 to upgrade.
MAIL_URL = setting("MAIL_URL")
MAIL_FROM = setting("MAIL_FROM", "Tocsin <tocsin@localhost>")
DEFAULT_FROM_EMAIL = MAIL_FROM
EMAIL_TIMEOUT = 10
_mail = urlsplit(MAIL_URL)
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = parse_qs(_mail.query).get("starttls", [""])[0] in {"1", "true"}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src-elem": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS: list[str] = []

# Addresses that outgoing HTTP may reach although they are private (CIDR, comma separated).
OUTGOING_ALLOW = [n for n in setting("OUTGOING_ALLOW").split(",") if n]
# Accounts with vendors: TOCSIN_CHANNEL_<CHANNEL>_<FIELD>.
CHANNELS = settings_named("CHANNEL_")
CHECKPOINT_COPY = setting("CHECKPOINT_COPY")

# Where alarms about Tocsin itself go, past its own deliveries.
ALARM_URL = setting("ALARM_URL")
ALARM_MAIL = [a.strip() for a in setting("ALARM_MAIL").split(",") if a.strip()]

# The audit of who can be reached, and its messages. Off only where nobody is paged.
REACHABILITY = flag("REACHABILITY", default=True)

# The dead man's switch: how often (seconds, 0: never) a synthetic page goes round, by which door, and who is told.
PULSE_EVERY = int(setting("PULSE_EVERY", "60") or 0)
PULSE_URL = setting("PULSE_URL") or PUBLIC_URL
HEARTBEAT_URL = setting("HEARTBEAT_URL")
