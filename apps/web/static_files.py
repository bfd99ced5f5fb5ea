"""Static files with a content hash in their names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites imports in our JavaScript modules, so that a page never mixes modules of two releases.

    Django's own option rewrites every package's scripts too, and trips over strings in minified ones.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((r"""(?P<matched>from\s+"(?P<url>\./[^"]+)")""", 'from "%(url)s"'),)),
    )
