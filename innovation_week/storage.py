from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names and gzip copies. No Brotli: it takes ten times longer to collect, for a few kilobytes."""

    # The design system's style sheets name files that its package leaves out.
    manifest_strict = False

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(**kwargs, use_brotli=False)
