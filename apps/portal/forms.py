"""Forms of the portal: they check what a definition must keep to, and show what an action refuses."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.core.api.auth.callers import SERVER_SCOPES, Scope
from apps.core.errors import DomainError, NotFoundError
from apps.core.parsing.form_fields import NameFormField
from apps.games import icons
from apps.games.definitions.definition import AchievementDefinition, GameDefinition
from apps.games.definitions.rules import FIXED_ONCE_PUBLISHED, Problem, problems_of_achievement, problems_of_game
from apps.games.formats import FORMATS
from apps.games.formats.documents import BYTES_MAX as DOCUMENT_BYTES_MAX
from apps.games.models import Achievement, AchievementKind, AchievementState, ApiKey, Game, Setter
from apps.notifications.announcements.actions import problems_of_announcement
from apps.notifications.models.announcements import TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from apps.webhooks.actions import DESCRIPTION_LENGTH_MAX
from apps.webhooks.event_types import CHOICES, EventType
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.url_policy import URL_LENGTH_MAX

T = TypeVar("T")
NEW_STUDIO = "new"
ACCENT, ACCENT_DARK = "#2f6b4f", "#7ccaa0"


class DomainForm(forms.Form):
    """A form whose members are named as the domain's, so that a refusal finds its field."""

    def attempt(self, action: Callable[[], T]) -> T | None:
        """Return what the action returns, or None with its refusal shown beside the field it is about."""
        try:
            return action()
        except NotFoundError:
            raise
        except DomainError as error:
            member = (error.pointer or "").removeprefix("/")
            self.add_error(member if member in self.fields else None, error.detail)
            return None

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if problem.member not in self.errors:
                self.add_error(problem.member if problem.member in self.fields else None, problem.detail)


class PictureField(forms.FileField):
    """An uploaded picture, made into ours by `convert`; nothing chosen is None."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def __init__(self, *, convert: Callable[[bytes], bytes], **options: Any) -> None:
        super().__init__(required=False, **options)
        self._convert = convert

    def clean(self, data: "UploadedFile[bytes] | None", initial: object = None) -> bytes | None:
        if not data:
            return None
        try:
            # One byte more than allowed is enough to be refused.
            return self._convert(data.read(icons.BYTES_MAX + 1))
        except icons.PictureRefusedError as refusal:
            raise forms.ValidationError(refusal.detail, code=refusal.code) from refusal


class GameForm(DomainForm):
    """A game; a new one also names its studio."""

    name = NameFormField(max_length=80)
    slug = forms.CharField(
        label="Address",
        max_length=60,
        required=False,
        help_text="Small letters, digits and hyphens. Empty: made from the name.",
    )
    tagline = NameFormField(max_length=140, required=False, help_text="One line below the name.")
    description = forms.CharField(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5}))
    accent = forms.CharField(
        label="Accent on light", initial=ACCENT, required=False, widget=forms.TextInput(attrs={"type": "color"})
    )
    accent_dark = forms.CharField(
        label="Accent on dark", initial=ACCENT_DARK, required=False, widget=forms.TextInput(attrs={"type": "color"})
    )
    default_setter = forms.ChoiceField(
        label="Achievements are reported by",
        choices=Setter.choices,
        help_text="What new achievements start with. A client can be tampered with; a server cannot.",
    )
    cover = PictureField(
        convert=icons.to_cover,
        help_text="PNG, JPEG or WebP up to 2 MB and 3840 x 2160 pixels; cut to 16:9 around its middle.",
    )

    def definition(self) -> GameDefinition:
        return GameDefinition(**{item.name: self.cleaned_data[item.name] for item in fields(GameDefinition)})

    def cover_name(self) -> str | None:
        """Keep the uploaded cover and return its storage name; None when none was chosen."""
        cover = self.cleaned_data["cover"]
        return None if cover is None else icons.store_cover(cover)

    def clean(self) -> dict[str, Any]:
        values = {item.name: self.cleaned_data.get(item.name, "") for item in fields(GameDefinition)}
        self.add_problems(problems_of_game(GameDefinition(**values)))
        return self.cleaned_data


class NewGameForm(GameForm):
    """A first game brings its studio along; later ones may go to a studio one has."""

    studio = forms.ChoiceField()
    studio_name = NameFormField(label="Studio", max_length=80, required=False, help_text="Who makes the game.")

    field_order = ("studio", "studio_name", "name")

    def __init__(self, data: Any = None, files: Any = None, *, studios: list[tuple[str, str]]) -> None:
        super().__init__(data, files)
        if not studios:
            del self.fields["studio"]
            self.fields["studio_name"].required = True
            return
        choice = self.fields["studio"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [*studios, (NEW_STUDIO, "A new studio")]
        self.fields["studio_name"].label = "Name of the new studio"

    @property
    def is_new_studio(self) -> bool:
        return bool(self.cleaned_data.get("studio", NEW_STUDIO) == NEW_STUDIO)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.is_new_studio and not self.cleaned_data.get("studio_name") and "studio_name" not in self.errors:
            self.add_error("studio_name", "Give the new studio a name.")
        return self.cleaned_data


class EditGameForm(GameForm):
    """A game that exists; a published one keeps its address."""

    def __init__(self, data: Any = None, files: Any = None, *, game: Game) -> None:
        initial = {name: getattr(game, name) for name in ("name", "slug", "tagline", "description", "default_setter")}
        initial["accent"] = game.palette.get("accent", ACCENT)
        initial["accent_dark"] = game.palette.get("accent_dark", ACCENT_DARK)
        super().__init__(data, files, initial=initial)
        if game.is_published:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = "A published game keeps its address, as people link to it."


class AchievementForm(DomainForm):
    """An achievement with its icons; one that is published keeps its key and kind."""

    name = NameFormField(max_length=80)
    key = forms.CharField(
        max_length=60,
        required=False,
        help_text="What game code calls it: capital letters, digits and underscores. Empty: made from the name.",
    )
    description = forms.CharField(max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    points = forms.IntegerField(initial=10, min_value=1, max_value=1000)
    is_hidden = forms.BooleanField(
        label="Hidden", required=False, help_text="Name and description show only to who has earned it."
    )
    kind = forms.ChoiceField(choices=AchievementKind.choices)
    target = forms.IntegerField(
        label="Target", required=False, min_value=2, help_text="Steps it takes; for achievements that count up."
    )
    setter = forms.ChoiceField(
        label="Reported by", choices=Setter.choices, help_text="A client can be tampered with; a server cannot."
    )
    icon = PictureField(
        convert=icons.to_icon,
        help_text="PNG, JPEG or WebP up to 2 MB, 64 pixels or more; cut square around its middle.",
    )
    icon_locked = PictureField(
        label="Icon while locked", convert=icons.to_icon, help_text="Empty: a grey, dimmed copy of the icon."
    )

    def __init__(self, data: Any = None, files: Any = None, *, achievement: Achievement | None, game: Game) -> None:
        initial: dict[str, Any] = {"setter": game.default_setter}
        if achievement is not None:
            initial = {item.name: getattr(achievement, item.name) for item in fields(AchievementDefinition)}
        super().__init__(data, files, initial=initial)
        if achievement is not None and achievement.state != AchievementState.DRAFT:
            for name in FIXED_ONCE_PUBLISHED:
                self.fields[name].disabled = self.fields[name].required = True
                self.fields[name].help_text = "Fixed since it was published."

    def definition(self) -> AchievementDefinition:
        return AchievementDefinition(**self._values())

    def icon_names(self) -> dict[str, str]:
        """Keep the uploaded icons and return their storage names by column; a new icon brings its locked one along."""
        icon, icon_locked = self.cleaned_data["icon"], self.cleaned_data["icon_locked"]
        if icon is not None and icon_locked is None:
            icon_locked = icons.locked_variant(icon)
        uploads = {"icon": icon, "icon_locked": icon_locked}
        return {name: icons.store_icon(upload) for name, upload in uploads.items() if upload is not None}

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not values.get("key") and "name" in values:
            values["key"] = key_from_name(values["name"])
            if not values["key"]:
                self.add_error("key", "The name has no letters to make a key from. Give one.")
        if values.get("kind") == AchievementKind.ONE_SHOT:
            # Left behind when the kind is changed; without scripts the field is always there.
            values["target"] = None
        # What is wrong already stands beside its field; the rest is checked as if it were right.
        complete = AchievementDefinition(key="ACH_UNNAMED", name="Unnamed", points=1)
        self.add_problems(problems_of_achievement(replace(complete, **self._values())))
        return values

    def _values(self) -> dict[str, Any]:
        names = [item.name for item in fields(AchievementDefinition)]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def key_from_name(name: str) -> str:
    """Return a key such as ACH_FIRST_LIGHT; empty for a name without Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper().replace("'", "")
    words = re.sub(r"[^A-Z0-9]+", "_", plain).strip("_")
    return f"ACH_{words}"[:60].rstrip("_") if words else ""


SCOPE_LABELS = {
    Scope.READ: "Read boards, players and achievements",
    Scope.UNLOCKS_WRITE: "Report unlocks, progress and play time",
    Scope.PLAYERS_WRITE: "Create players and hand out player tokens",
    Scope.DEFINITIONS_WRITE: "Change the game and its achievements; live keys only",
    Scope.UNLOCKS_REVOKE: "Revoke and restore unlocks; live keys only",
    Scope.ANNOUNCEMENTS_WRITE: "Tell the players of the game something; live keys only",
}


class ApiKeyForm(DomainForm):
    """A new key."""

    name = NameFormField(max_length=60, help_text="Where it will be used, so that you know it again.")
    environment = forms.ChoiceField(
        choices=ApiKey.Environment.choices,
        initial=ApiKey.Environment.LIVE,
        widget=forms.RadioSelect,
        help_text="What a test key unlocks shows in the live view and counts nowhere; it reaches drafts too.",
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        initial=sorted(SERVER_SCOPES),
        widget=forms.CheckboxSelectMultiple,
        help_text="The first three are what a game server needs. Give a key no more than its job takes.",
    )


class WebhookForm(DomainForm):
    """An endpoint, new or to be changed."""

    url = forms.CharField(
        label="URL",
        max_length=URL_LENGTH_MAX,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/laurel"}),
        help_text="https, at a public address. Redirects are not followed.",
    )
    description = NameFormField(
        max_length=DESCRIPTION_LENGTH_MAX, required=False, help_text="What it is for, so that you know it again."
    )
    event_types = forms.MultipleChoiceField(
        label="It is told of",
        choices=[(event_type.value, label) for event_type, label in CHOICES.items()],
        initial=[EventType.UNLOCKED.value],
        widget=forms.CheckboxSelectMultiple,
        help_text="What test keys report is never sent.",
    )

    def __init__(self, data: Any = None, files: Any = None, *, endpoint: WebhookEndpoint | None = None) -> None:
        names = () if endpoint is None else ("url", "description", "event_types")
        super().__init__(data, files, initial={name: getattr(endpoint, name) for name in names})


class AnnouncementForm(DomainForm):
    """What to tell the players of a game."""

    title = NameFormField(max_length=TITLE_LENGTH_MAX)
    # Browsers count the end of a line as one character and send two, so the length is looked at afterwards.
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_LENGTH_MAX}),
        help_text=f"Up to {TEXT_LENGTH_MAX} characters of plain text.",
    )
    link = forms.CharField(
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="Where players can read on; the page of the game shows it.",
    )

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        words = [self.cleaned_data.get(name, "") for name in ("title", "text", "link")]
        self.add_problems(problems_of_announcement(*words))
        return self.cleaned_data


class ImportForm(forms.Form):
    """A document to look at; nothing is written by sending it."""

    file = forms.FileField(label="File", allow_empty_file=True)
    publish = forms.BooleanField(
        label="Publish at once", required=False, help_text="Drafts for which the file names no state."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for item in FORMATS.values() for kind in (item.extension, item.media_type)]
        self.fields["file"].widget.attrs["accept"] = ",".join(kinds)

    def document_bytes(self) -> bytes:
        """Return the upload, cut off one byte after the most that is read."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        data: bytes = upload.read(DOCUMENT_BYTES_MAX + 1)
        return data
