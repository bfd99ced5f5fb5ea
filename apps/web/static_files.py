"""Static files with a content hash in their names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = (r"""(?P<matched>from\s+"(?P<url>\.{1,2}/[^"]+)")""", 'from "%(url)s"')


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites imports in our JavaScript modules, so that a page never mixes modules of two releases.

    Django's own option rewrites every package's scripts too, and trips over strings in minified ones.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        # Django looks for a file by its collected path, then for its imports by the path in the folder it came from.
        *((modules, (_IMPORT,)) for modules in ("js/*.js", "laurel-*.js")),
    )
