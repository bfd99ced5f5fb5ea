"""Forms of games and imports."""

from dataclasses import fields
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from apps.core.parsing.form_fields import NameFormField, TextFormField
from apps.games import icons
from apps.games.definitions.definition import GameDefinition
from apps.games.definitions.rules import problems_of_game
from apps.games.formats import FORMATS
from apps.games.formats.documents import BYTES_MAX as DOCUMENT_BYTES_MAX
from apps.games.models import Game, Setter
from apps.portal.forms.base import DefinitionForm, Files, PictureField

NEW_STUDIO = "new"
ACCENT, ACCENT_DARK = "#2f6b4f", "#7ccaa0"


class GameForm(DefinitionForm):
    """A game; a new one also names its studio."""

    name = NameFormField(label=gettext_lazy("Name"), max_length=80)
    slug = forms.CharField(
        label=gettext_lazy("Web address"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Lower-case letters, digits and hyphens. Left empty, it is created from the name."),
    )
    tagline = NameFormField(
        label=gettext_lazy("Tagline"),
        max_length=140,
        required=False,
        help_text=gettext_lazy("One line, shown below the name."),
    )
    description = TextFormField(
        label=gettext_lazy("Description"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    accent = forms.CharField(
        label=gettext_lazy("Accent on light"),
        initial=ACCENT,
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    accent_dark = forms.CharField(
        label=gettext_lazy("Accent on dark"),
        initial=ACCENT_DARK,
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    default_setter = forms.ChoiceField(
        label=gettext_lazy("Achievements are reported by"),
        choices=Setter.choices,
        help_text=gettext_lazy(
            "The default for new achievements. Players can tamper with a client, but not with a server."
        ),
    )
    has_modes = forms.BooleanField(
        label=gettext_lazy("Hardcore mode"),
        required=False,
        help_text=gettext_lazy("Achievements can be earned in hardcore, too: your game says so when it reports them."),
    )
    cover = PictureField(
        label=gettext_lazy("Cover"),
        convert=icons.to_cover,
        help_text=gettext_lazy(
            "PNG, JPEG or WebP up to 2 MB and 8.3 million pixels, as many as 3840 x 2160; cropped to 16:9 around its "
            "centre."
        ),
    )

    def definition(self) -> GameDefinition:
        return GameDefinition(**{name: self.cleaned_data[name] for name in self._members()})

    def cover_name(self) -> str | None:
        """Store the uploaded cover and return its storage name; None when no file was chosen."""
        cover = self.cleaned_data["cover"]
        return None if cover is None else icons.store_cover(cover)

    def clean(self) -> dict[str, object]:
        values: dict[str, Any] = {name: self.cleaned_data.get(name, "") for name in self._members()}
        self.add_problems(problems_of_game(GameDefinition(**values)))
        return self.cleaned_data

    def _members(self) -> list[str]:
        """Return the members of the definition that the form has."""
        return [item.name for item in fields(GameDefinition) if item.name in self.fields]


class NewGameForm(GameForm):
    """A new game: the first one creates a studio, later ones may join an existing one."""

    studio = forms.ChoiceField(label=gettext_lazy("Studio"))
    studio_name = NameFormField(
        label=gettext_lazy("Studio"), max_length=80, required=False, help_text=gettext_lazy("Who makes the game.")
    )

    field_order = ("studio", "studio_name", "name")

    def __init__(
        self, data: QueryDict | None = None, files: Files | None = None, *, studios: list[tuple[str, str]]
    ) -> None:
        super().__init__(data, files)
        if not studios:
            del self.fields["studio"]
            self.fields["studio_name"].required = True
            return
        choice = self.fields["studio"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [*studios, (NEW_STUDIO, gettext("A new studio"))]
        self.fields["studio_name"].label = gettext("Name of the new studio")

    @property
    def is_new_studio(self) -> bool:
        return bool(self.cleaned_data.get("studio", NEW_STUDIO) == NEW_STUDIO)

    def clean(self) -> dict[str, object]:
        super().clean()
        if self.is_new_studio and not self.cleaned_data.get("studio_name") and "studio_name" not in self.errors:
            self.add_error("studio_name", gettext("Enter a name for the new studio."))
        return self.cleaned_data


class EditGameForm(GameForm):
    """An existing game; a published one keeps its address."""

    is_ranking_clients = forms.BooleanField(
        label=gettext_lazy("Rank what game clients report"),
        required=False,
        help_text=gettext_lazy("Off, this game's leaderboards count only what your game server reports."),
    )
    is_ranking_members = forms.BooleanField(
        label=gettext_lazy("Rank members of your studio"),
        required=False,
        help_text=gettext_lazy("Off, you can play your own game without standing on its leaderboards."),
    )

    def __init__(self, data: QueryDict | None = None, files: Files | None = None, *, game: Game) -> None:
        names = (item.name for item in fields(GameDefinition) if hasattr(game, item.name))
        initial = {name: getattr(game, name) for name in names}
        initial["accent"] = game.palette.get("accent", ACCENT)
        initial["accent_dark"] = game.palette.get("accent_dark", ACCENT_DARK)
        super().__init__(data, files, initial=initial)
        if game.is_published:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = gettext(
                "A published game's web address can't change, because people link to it."
            )


class ImportForm(forms.Form):
    """A document to preview; sending it writes nothing."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    publish = forms.BooleanField(
        label=gettext_lazy("Publish at once"),
        required=False,
        help_text=gettext_lazy(
            "Players see the file's changes as soon as you apply it. Otherwise they go into drafts."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for item in FORMATS.values() for kind in (item.extension, item.media_type)]
        self.fields["file"].widget.attrs["accept"] = ",".join(kinds)

    def document_bytes(self) -> bytes:
        """Return the upload, truncated one byte past the limit."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        data: bytes = upload.read(DOCUMENT_BYTES_MAX + 1)
        return data
