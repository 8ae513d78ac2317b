"""Django's settings. What an operator may choose is in `quorate.server.environment`; the rest is fixed here.

Importing this module reads the environment and one file, and starts nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

import quorate.web
from quorate.server.environment import Environment, read_environment
from quorate.server.mail import CONSOLE
from quorate.server.postgres import DATABASE, SUPERUSER, socket_folder

ENVIRONMENT: Final = read_environment()

# Without a key Django refuses to start; `quorate.server.start.secret_key` says what to do about it.
SECRET_KEY = ENVIRONMENT.secret_key or (
    ENVIRONMENT.key_file.read_text(encoding="ascii").strip() if ENVIRONMENT.key_file.exists() else ""
)
DEBUG = ENVIRONMENT.develop
ALLOWED_HOSTS = list(dict.fromkeys([ENVIRONMENT.host, "localhost", "127.0.0.1", "[::1]"]))
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.origin]

INSTALLED_APPS = [
    "quorate.apps.organisation",
    "quorate.apps.credentials",
    "quorate.apps.publication",
    "quorate.apps.ballots",
    "quorate.apps.motions",
    "quorate.apps.delivery",
    "quorate.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its templates
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "ninja",
]

# Sessions, sign-in and forgery tokens exist under /officer/ and /accounts/ only (see the module).
MIDDLEWARE = [
    "quorate.server.middleware.RequestRecord",
    "quorate.server.middleware.Security",
    "quorate.server.middleware.ContentPolicy",
    "quorate.server.middleware.Frames",
    "quorate.server.middleware.Common",
    "quorate.server.middleware.OfficerSession",
    "quorate.server.middleware.OfficerForgery",
    "quorate.server.middleware.OfficerSignIn",
    "quorate.server.middleware.OfficerMessages",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "quorate.server.urls"
ASGI_APPLICATION = "quorate.server.asgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quorate.web.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def _database(environment: Environment) -> dict[str, Any]:
    if environment.database_url is None:
        given: dict[str, Any] = {
            "host": str(socket_folder(environment.postgres)),
            "user": SUPERUSER,
            "dbname": DATABASE,
        }
    else:
        given = dict(conninfo_to_dict(environment.database_url))
    settings = {
        name.upper(): given.pop(key, "")
        for name, key in {
            "name": "dbname", "user": "user", "password": "password", "host": "host", "port": "port",
        }.items()
    }  # fmt: skip
    # Requests run in threads that come and go, so connections are kept in a pool, not by thread.
    pool = {"min_size": 1, "max_size": 10, "timeout": 5.0}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **settings,
        "OPTIONS": {"connect_timeout": 5, **given, "pool": pool},
        "ATOMIC_REQUESTS": False,  # services say where a transaction begins and ends
    }


DATABASES = {"default": _database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Officers' sign-in
AUTH_USER_MODEL = "organisation.Account"
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/officer/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "quorate.web.officers.adapter.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENVIRONMENT.scheme == "http"  # browsers allow it on localhost only
MFA_TOTP_ISSUER = "Quorate"

# Cookies: officers only
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.scheme == "https"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "quorate.web.errors.forged"

# Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63_072_000 if ENVIRONMENT.scheme == "https" else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Static files: compressed, with fingerprints in their names
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static
BOOTH = Path(quorate.web.__path__[0]) / "static" / "booth"  # the voting page of this version
STATICFILES_DIRS = [("booths", ENVIRONMENT.booths)]  # and those of ballots that began with earlier ones
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENVIRONMENT.data / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "quorate.server.static.StaticStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Words and times
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [f"{quorate.web.__path__[0]}/locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False  # numbers for people say so: {{ n|people }}

# E-mail
globals().update(ENVIRONMENT.mail.settings() if ENVIRONMENT.mail else CONSOLE)

LOGGING_CONFIG = None  # quorate.server.logs, when the server starts
SILENCED_SYSTEM_CHECKS: list[str] = []
