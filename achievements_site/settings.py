"""The whole configuration, from the environment and safe for production by default."""

import environ
from whitenoise.compress import Compressor

from achievements_site import log_config
from achievements_site.api_settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - Django reads them here
from achievements_site.env import BASE_DIR, laurel_home, redis_database, secret_key, server_url, web_processes
from achievements_site.queues import BROKER_SECONDS, settings_for
from achievements_site.rate_limits import ACCOUNT_RATE_LIMITS, GUEST_LIMITS, RATE_LIMITS  # noqa: F401 - likewise

env = environ.Env()

LAUREL_HOME = laurel_home()
WEB_PROCESSES, _CONNECTIONS, _THREADS = web_processes()
ROOT_URLCONF = "achievements_site.urls"
WSGI_APPLICATION = "achievements_site.wsgi.application"
ASGI_APPLICATION = "achievements_site.asgi.application"

# Security
SECRET_KEY, SECRET_KEY_FALLBACKS = secret_key(), env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "apps.web.views.errors.csrf_failure"
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31536000 if HTTPS_ONLY else 0
# Probes and metrics come from inside the network, where balancers and Prometheus use plain http.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
# The number of our proxies in front: the farthest one's word on the client's address and scheme counts. With none,
# forwarded headers are ignored.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Apps, leftmost first: subscribers follow this order too
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "apps.core",
    "apps.players",
    "apps.games",
    "apps.unlocks",
    "apps.leaderboards",
    "apps.notifications",
    "apps.webhooks",
    "apps.analytics",
    "apps.portal",
    "apps.web",
    "apps.demo",
    "apps.local",
]

# Pages use the first list, the API the second (see wsgi.py): the rest would cost it 0.5 to 1 ms per request.
MIDDLEWARE = [
    "apps.core.http.request_ids.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "apps.core.http.security.SharedResponsesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "apps.core.api.wire.content_encoding.ContentEncodingMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.web.auth.session_accounts.SessionAccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.http.pages.PageMiddleware",
]
API_MIDDLEWARE = [
    "apps.core.http.request_ids.RequestIdMiddleware",
    "apps.core.api.wire.preflights.CrossOriginMiddleware",
    "apps.core.http.security.LeanSecurityMiddleware",
    "apps.core.api.wire.compression.ApiCompressionMiddleware",
    "apps.core.api.wire.content_encoding.ContentEncodingMiddleware",
]
# Pages of other sites may call the API from browsers only when listed here, or by a publishable key.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
# Headers our clients send, in addition to those always allowed.
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-type", "x-csrftoken", "x-requested-with"),
    *("idempotency-key", "if-none-match", "last-event-id", "x-request-id"),
]
CORS_PREFLIGHT_MAX_AGE = 7200
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID"]

# PostgreSQL: a pool per process; nothing here needs session state, so PgBouncer may be in between
DATABASE_URL = server_url("DATABASE_URL", "database_url")
# 0 is none, for background work.
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=5000)
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"] |= {
    "ENGINE": "apps.core.database",
    "CONN_MAX_AGE": 0,
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "OPTIONS": {
        # Limit for requests; commands that need longer raise it for their own transaction.
        # A disconnected client is detected within half a second, which releases its statement's locks.
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c client_connection_check_interval=500",
        "connect_timeout": 2,
        # A server without power stops responding: detected after 25 s instead of the system's two hours.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,
        "application_name": "laurel",
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=_CONNECTIONS),
            # Threads wait at most this long for a connection, then respond with 503.
            "timeout": env.float("DATABASE_POOL_TIMEOUT", default=1.0),
            # More would wait in vain.
            "max_waiting": 64,
            "max_lifetime": 1800,
            "max_idle": 300,
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis protocol: 0 boards and live data, 1 cache, 2 sessions, 3 broker
REDIS_URL = server_url("REDIS_URL", "redis_url")
REDIS_TIMEOUT_SECONDS = env.float("REDIS_TIMEOUT_SECONDS", default=0.1)
CACHE_URL = env.str("CACHE_URL", default=redis_database(REDIS_URL, 1))
SESSION_REDIS_URL = env.str("SESSION_REDIS_URL", default=redis_database(REDIS_URL, 2))
REDIS_REPLICA_URLS = env.list("REDIS_REPLICA_URLS", default=[])
_REDIS_OPTIONS = {
    "CLIENT_CLASS": "apps.core.redis.cache_backends.BreakerClient",
    "CONNECTION_FACTORY": "apps.core.redis.connection_pools.ConnectionFactory",
    **dict.fromkeys(("SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT"), REDIS_TIMEOUT_SECONDS),
    # redis-py's ten retries held one GET for 58 s. What can't be read is not missing; a write that fails is refused.
    "CONNECTION_POOL_KWARGS": {"retry": None},
    "IGNORE_EXCEPTIONS": False,
}
_REDIS_CACHE = {"BACKEND": "django_redis.cache.RedisCache", "OPTIONS": _REDIS_OPTIONS}
CACHES = {
    # What may be lost: while Redis is down each process uses a memory of its own.
    "default": {**_REDIS_CACHE, "BACKEND": "apps.core.redis.cache_backends.FallbackCache", "LOCATION": CACHE_URL},
    "sessions": {**_REDIS_CACHE, "LOCATION": SESSION_REDIS_URL},
    # Connections alone: live data, and finished bytes, which are written to the first server and read from the others.
    "live": {**_REDIS_CACHE, "LOCATION": REDIS_URL},
    "finished": {**_REDIS_CACHE, "LOCATION": [REDIS_URL, *REDIS_REPLICA_URLS]},
}
SESSION_ENGINE = "apps.core.redis.sessions"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = True
# Anonymous sockets that watch boards, of one command's web processes: from one address, and in total.
ANONYMOUS_SOCKETS_PER_ADDRESS = env.int("ANONYMOUS_SOCKETS_PER_ADDRESS", default=50)
ANONYMOUS_SOCKETS_MAX = env.int("ANONYMOUS_SOCKETS_MAX", default=2_000)
# Our consumers need our layer, and `manage.py check` says so: it passes messages on without a queue, reports gaps, and
# sends from threads. It sends through the live alias, and listens on the event loop by one connection of a process.
_LISTENER_TIMEOUTS = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), REDIS_TIMEOUT_SECONDS)
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "apps.core.realtime.channel_layer.ChannelLayer",
        "CONFIG": {
            "hosts": [{"address": CACHES["live"]["LOCATION"], **_LISTENER_TIMEOUTS}],
            "prefix": "ws",
            # Of a channel with a queue, which our consumers do without.
            "capacity": 100,
            "expiry": 60,
        },
    }
}

# Celery
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=redis_database(REDIS_URL, 3))
globals().update(settings_for(CELERY_BROKER_URL))
CELERY_BROKER_CONNECTION_TIMEOUT = BROKER_SECONDS
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "analytics"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TIMEZONE = "UTC"
# In memory: job_slot records what has run, and beat's own file would stop it on a full disk.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

# Accounts
AUTH_USER_MODEL = "players.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# New and existing accounts get the same response; only the email differs.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# Sessions slide for seven days anyway.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"signup": "apps.web.forms.SignUpForm"}
ACCOUNT_ADAPTER = "apps.web.auth.allauth_adapter.AccountAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Without a mail server emails are files readable by their owner only: they contain links and addresses.
MAIL_FOLDER = str(LAUREL_HOME / "mail")
EMAIL_BACKEND = "apps.core.operations.mail_folder.MailFolder"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
# Set by `make run` on a loopback address: pages say where to look, to visitors from this machine alone.
SHOW_MAIL_FOLDER = env.bool("SHOW_MAIL_FOLDER", default=False)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Laurel <laurel@localhost>")
# Without a time-out an unresponsive mail server blocks forever.
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT_SECONDS", default=10.0)
# This site's public URL, for links in emails.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")

# Webhooks go to URLs that studios choose: never to this network or by plain http, unless an operator allows it.
WEBHOOKS_ALLOW_PRIVATE = env.bool("WEBHOOKS_ALLOW_PRIVATE", default=False)
WEBHOOKS_ALLOW_HTTP = env.bool("WEBHOOKS_ALLOW_HTTP", default=False)
# What lists a game in development without an operator, once it is on: see docs/trust.md.
LISTING_BY_RULE = env.bool("LISTING_BY_RULE", default=False)
LISTING_CONFIRMED_ADDRESS = env.bool("LISTING_CONFIRMED_ADDRESS", default=True)
LISTING_STUDIO_DAYS, LISTING_PLAYERS = env.int("LISTING_STUDIO_DAYS", 30), env.int("LISTING_PLAYERS", 20)

# Templates and files; loaders are listed explicitly because cotton's own set-up conflicts with others
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "apps.core.rendering.loader.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            # Every template has text, and all of it is marked for translation.
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n", "achievements_site.language"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.web.context.site",
            ],
        },
    }
]
FORM_RENDERER = "apps.core.rendering.loader.FormRenderer"
# One language today: strings are marked for gettext but not looked up: 0.2 us each, 13 with look-ups.
# A second language needs a folder here, USE_I18N, LocaleMiddleware, and no achievements_site.language above.
USE_I18N = False
LOCALE_PATHS = [BASE_DIR / "locale"]
STATIC_URL = "/static/"
# Our pages run the very modules of the client for JavaScript.
STATICFILES_DIRS = [BASE_DIR / "static", ("js/client", BASE_DIR / "clients/js/src")]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(LAUREL_HOME / "static"))
# WhiteNoise's own, and source maps, which only developer tools request.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
# Pages use hashed names only; compressing both took 3 s of a first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Players created by the first `make run`.
DEMO_PLAYERS = env.int("DEMO_PLAYERS", default=5000)
MEDIA_URL = "/media/"
MEDIA_ROOT = str(env.path("MEDIA_ROOT", default=str(LAUREL_HOME / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "apps.web.static_files.StaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("API_BODY_BYTES_MAX", default=1024 * 1024)
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# For a request's first line and headers, whatever is in front; browsers send 1 to 2 kB.
REQUEST_HEAD_BYTES_MAX = 16 * 1024
REQUEST_HEAD_SECONDS = env.float("REQUEST_HEAD_SECONDS", default=10.0)
# Idle connections stay open this long: longer than balancers keep theirs, mostly 60 s.
KEEP_ALIVE_SECONDS = env.int("KEEP_ALIVE_SECONDS", default=75)
# Concurrent requests per web process, each with one connection at most; and its share of memory for finished responses.
WEB_THREADS, RESPONSE_CACHE_MB = env.int("WEB_THREADS", _THREADS), env.int("RESPONSE_CACHE_MB", 64) / WEB_PROCESSES
# For measurements: log each garbage collection over 1 ms.
LOG_GC_PAUSES = env.bool("LOG_GC_PAUSES", default=False)

# Who judges each request for a guest, as module.name (apps/players/attestation.py).
GUEST_ATTESTATION = env.str("GUEST_ATTESTATION", default="")
# Networks that may read /metrics.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en", "UTC", True

LOGGING_CONFIG = None
log_config.configure(debug=DEBUG)
