"""The project's settings."""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).parent
HOME = Path(os.environ.get("ERP_HOME", "var/example-django"))
HOME.mkdir(parents=True, exist_ok=True)
URL = os.environ.get("ERP_URL", "http://127.0.0.1:8102")

SECRET_KEY = os.environ.get("ERP_SECRET", "only-for-this-example")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [URL]
ROOT_URLCONF = "examples.django_erp.urls"
WSGI_APPLICATION = "examples.django_erp.wsgi.application"
ASGI_APPLICATION = "examples.django_erp.asgi.application"
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "zh-hans", "Asia/Shanghai", True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "/login", "/", "/login"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "crm_embedded.django",
    "examples.django_erp.stock",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME.absolute() / "erp.db"}}
STATICFILES_DIRS = [BASE_DIR / "static"]

FORECOURT = {
    "name": "北辰 ERP",
    "roles": {"advisors": "service_agent", "managers": ["general_manager", "administrator"]},
    "customers": "examples.django_erp.stock.mirror.CUSTOMERS",
    "home": HOME / "crm",
    "public_url": URL + "/crm",
    "plugins": ("customer",),
}
