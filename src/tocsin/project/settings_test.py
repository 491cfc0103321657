"""Settings of the test suite: the same house, in a throw-away home."""

import os
import tempfile

os.environ.setdefault("TOCSIN_HOME", tempfile.mkdtemp(prefix="tocsin-test-"))
os.environ.setdefault("TOCSIN_SECRET_KEY", "test-secret-key-that-is-long-enough-for-every-check")

from tocsin.project.settings import *  # noqa: F403
from tocsin.project.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Static files are looked for when they are asked for: not all of them again for each browser of a test.
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The audit would look at the half-furnished house of every test, and tell its people; its own tests switch it on.
REACHABILITY = False
PULSE_EVERY = 0
if DATABASES["default"]["ENGINE"] == "tocsin.core.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": os.environ["TOCSIN_HOME"] + "/test.sqlite3"}
    # Tests check behaviour, not power cuts: the harness that does kill processes uses the real settings.
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
