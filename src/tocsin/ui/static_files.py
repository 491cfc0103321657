"""Static files under names with a hash, compressed; and plain names while they have not been collected yet.

A first start and a development server work without `collectstatic`; nothing breaks, it is only less cached.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage that falls back to the plain name when the manifest does not know a file."""

    manifest_strict = False
    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """The hashed name, or `name` itself when the file was not collected."""
        try:
            return str(super().stored_name(name))
        except (ValueError, FileNotFoundError):
            return name
