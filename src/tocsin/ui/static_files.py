"""Static files under names with a hash, compressed; and plain names while they have not been collected yet.

A first start and a development server work without `collectstatic`; nothing breaks, it is only less cached.
"""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage that falls back to the plain name when the manifest does not know a file."""

    manifest_strict = False
    support_js_module_import_aggregation = True

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with its hash, or `name` itself: libraries mention files that they do not ship."""
        try:
            return str(super().hashed_name(name, content, filename))
        except (ValueError, FileNotFoundError):
            return name
