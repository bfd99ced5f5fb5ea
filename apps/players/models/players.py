"""Accounts, players, and what names and acts for them."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now, time_zone_names
from apps.core.ids import new_id
from apps.core.models import number_of
from apps.core.parsing.names import VisibleLengthValidator
from apps.players.handles import shape_of


class Region(models.TextChoices):
    """Continents by their GeoNames codes; the list is closed, so choices are safe here."""

    AFRICA = "AF", gettext_lazy("Africa")
    ANTARCTICA = "AN", gettext_lazy("Antarctica")
    ASIA = "AS", gettext_lazy("Asia")
    EUROPE = "EU", gettext_lazy("Europe")
    NORTH_AMERICA = "NA", gettext_lazy("North America")
    OCEANIA = "OC", gettext_lazy("Oceania")
    SOUTH_AMERICA = "SA", gettext_lazy("South America")


class Visibility(models.TextChoices):
    PUBLIC = "public", gettext_lazy("Everyone")
    FOLLOWERS = "followers", gettext_lazy("Players I follow back")
    PRIVATE = "private", gettext_lazy("Only me")


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Account":
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "Account":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class Account(AbstractBaseUser, PermissionsMixin):
    """A person who can log in, identified by email address; members of studios and players alike."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now, editable=False)
    # Sessions, and the tokens they created, depend on it as on the password; see actions.activity.
    session_salt = models.CharField(max_length=32, default="", db_default="", editable=False)

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.email

    @property
    def session_basis(self) -> str:
        """What the account's sessions depend on, and end with when it changes."""
        return self.password + self.session_salt

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what Django stores in a session and compares: as it makes it, of the salt too."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, self.session_basis, secret=secret, algorithm="sha256").hexdigest()


handle_rule = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_-]{2,23}\Z",
    gettext_lazy("Use 3 to 24 letters, digits, hyphens or underscores, starting with a letter or digit."),
)


def time_zone_rule(name: str) -> None:
    """Refuse a zone that people can't choose. Raises: ValidationError."""
    if name not in time_zone_names():
        words = gettext("There is no such place; use an IANA name, such as Europe/Lisbon, or UTC.")
        raise ValidationError(words, code="invalid")


# Of display names: as people see them, and as they are stored, where an emoji of a family takes seven code points.
DISPLAY_NAME_VISIBLE = 40
DISPLAY_NAME_MAX = 160
display_name_rule = VisibleLengthValidator(DISPLAY_NAME_VISIBLE)


class ShapeField(models.CharField):  # type: ignore[type-arg]
    """What the handle of a new row looks like; a change of handle sets it with the handle."""

    def pre_save(self, model_instance: models.Model, add: bool) -> object:
        if add and isinstance(model_instance, Player):
            model_instance.handle_shape = shape_of(model_instance.handle)
        return super().pre_save(model_instance, add)


class Player(models.Model):
    """Someone who earns achievements; may exist without an account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = number_of("player", models.BigIntegerField)
    account = models.OneToOneField(Account, models.SET_NULL, null=True, blank=True, related_name="player")
    handle = models.CharField(max_length=24, validators=[handle_rule])
    # Null for handles from before there were shapes that look like an older one.
    handle_shape = ShapeField(max_length=48, null=True, editable=False)
    display_name = models.CharField(max_length=DISPLAY_NAME_MAX, validators=[display_name_rule])
    region = models.CharField(max_length=2, choices=Region)
    time_zone = models.CharField(max_length=40, default="UTC")
    avatar = models.ImageField(upload_to="players/avatars", blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    # Created with a test key: earns in the sandbox only and appears in no list.
    is_test = models.BooleanField(default=False, db_default=False)
    # The player this one was merged into; reports for this player count there.
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    merged_at = models.DateTimeField(null=True, blank=True)
    # Inactive for so long that their unlocks have moved, or are about to move, to the archive; see unlocks.archive.
    archived_at = models.DateTimeField(null=True, blank=True)
    # Operators' rulings: a banned player stands nowhere in public, an untracked one plays on.
    banned_at = models.DateTimeField(null=True, blank=True)
    untracked_at = models.DateTimeField(null=True, blank=True)
    # Their account, or they themselves, were deleted: nobody acts for them, or takes over what is left, ever again.
    erased_at = models.DateTimeField(null=True, editable=False)
    # False once boards and counters leave the player out, which follows the rulings in a step of the relay.
    is_counted = models.BooleanField(default=True, db_default=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "player"
        # The sweep finds what was recorded for a player during their merge.
        indexes = (
            models.Index(
                fields=["merged_at"], name="player_merged_at_idx", condition=models.Q(merged_at__isnull=False)
            ),
            # Counters look up whom operators leave out: few.
            models.Index(fields=["id"], name="player_uncounted_idx", condition=models.Q(is_counted=False)),
            # Archiving picks up players marked a while ago.
            models.Index(
                fields=["archived_at"], name="player_archived_at_idx", condition=models.Q(archived_at__isnull=False)
            ),
        )
        constraints = (
            # Profile pages and sign-up look players up by handle, ignoring case.
            models.UniqueConstraint(Lower("handle"), name="player_handle_uniq"),
            # Nobody has a handle that can pass for another's.
            models.UniqueConstraint(fields=["handle_shape"], name="player_handle_shape_uniq"),
            models.CheckConstraint(condition=models.Q(region__in=Region.values), name="player_region_check"),
            # Protocols that know integers only look players up by it.
            models.UniqueConstraint(fields=["number"], name="player_number_uniq"),
        )

    def __str__(self) -> str:
        return self.handle


class Ruling(models.TextChoices):
    BANNED = "banned", gettext_lazy("Banned")
    UNBANNED = "unbanned", gettext_lazy("Ban lifted")
    UNTRACKED = "untracked", gettext_lazy("Untracked")
    TRACKED = "tracked", gettext_lazy("Tracked again")


class PlayerRuling(models.Model):
    """Who banned or untracked a player, or undid it, when and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    player = models.ForeignKey(Player, models.CASCADE, related_name="+", db_index=False)
    ruling = models.CharField(max_length=9, choices=Ruling)
    # The operator's name, account:<id>, or command.
    decided_by = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    # Whether a ban deactivated the account, which lifting it undoes.
    has_deactivated = models.BooleanField(default=False)
    decided_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "player_ruling"
        # Lifting a ban reads the latest of a player.
        indexes = (models.Index(fields=["player", "-id"], name="player_ruling_player_id_idx"),)

    player_id: UUID

    def __str__(self) -> str:
        return f"{self.player_id}: {self.ruling}"


class Rename(models.Model):
    """A player's change of name: it holds the handle given up, and counts towards the limits."""

    # Null once the player is deleted.
    player = models.ForeignKey(Player, models.SET_NULL, null=True, related_name="+", db_index=False)
    renamed_at = models.DateTimeField(default=now, editable=False)
    held_until = models.DateTimeField()
    # As it was written; empty where it stayed, and once the account or player is deleted.
    handle = models.CharField(max_length=24, blank=True)
    # Of its shape, under SECRET_KEY: holds the handle without naming anyone.
    handle_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "rename"
        indexes = (
            # The limits count a player's.
            models.Index(fields=["player", "renamed_at"], name="rename_player_renamed_at_idx"),
            # New handles, and pages of old ones, look here.
            models.Index(
                fields=["handle_digest"], name="rename_handle_digest_idx", condition=~models.Q(handle_digest="")
            ),
            # The nightly job deletes what has ended.
            models.Index(fields=["held_until"], name="rename_held_until_idx"),
        )

    player_id: UUID | None


class PlayerDescription(models.Model):
    """The profile requested at sign-up, stored until the first log-in creates the player."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    handle = models.CharField(max_length=24)
    display_name = models.CharField(max_length=DISPLAY_NAME_MAX)
    region = models.CharField(max_length=2, choices=Region)

    class Meta:
        db_table = "player_description"

    def __str__(self) -> str:
        return self.handle


class ExternalIdentity(models.Model):
    """A player's id in a game. Games depend on players, so the game is a bare id here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    game_id = models.UUIDField()
    environment = models.CharField(max_length=4)
    external_id = models.CharField(max_length=100)
    # Merges and token creation read it.
    player = models.ForeignKey(Player, models.CASCADE, related_name="external_identities")
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "external_identity"
        verbose_name_plural = gettext_lazy("external identities")
        constraints = (
            models.UniqueConstraint(
                fields=["game_id", "environment", "external_id"], name="external_identity_game_environment_id_uniq"
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_id}, {self.environment}"


class Guest(models.Model):
    """A player that a device made. The row stays when they get an account, or are merged."""

    player = models.OneToOneField(Player, models.CASCADE, primary_key=True, related_name="guest")
    game_id = models.UUIDField()
    created_at = models.DateTimeField(default=now, editable=False)
    # Of the address's network, under SECRET_KEY; empty once the limit no longer needs it.
    network_digest = models.CharField(max_length=64)
    # When a device last created a token for them.
    seen_at = models.DateTimeField(default=now)
    # Found to have earned something, so that it is looked at no more.
    is_kept = models.BooleanField(default=False)

    class Meta:
        db_table = "guest"
        indexes = (
            # The limits count a game's, and a network's.
            models.Index(fields=["game_id", "created_at"], name="guest_game_created_idx"),
            models.Index(
                fields=["network_digest", "created_at"],
                name="guest_network_created_idx",
                condition=~models.Q(network_digest=""),
            ),
            # The nightly job finds those to delete.
            models.Index(fields=["seen_at"], name="guest_seen_idx", condition=models.Q(is_kept=False)),
        )

    def __str__(self) -> str:
        return gettext("guest {row.player_id}").format(row=self)

    player_id: UUID


class Device(models.Model):
    """A credential with which a device creates a player's tokens for one game, through the game's publishable key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The player that it acts for now: it follows merges.
    player = models.ForeignKey(Player, models.CASCADE, related_name="devices")
    game_id = models.UUIDField()
    name = models.CharField(max_length=60)
    # One of the two: a shared secret, encrypted, or the uncompressed point of a P-256 key.
    sealed_secret = models.TextField(blank=True)
    public_key = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)
    seen_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "device"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(public_key=None) ^ models.Q(sealed_secret=""), name="device_credential_check"
            ),
        )

    def __str__(self) -> str:
        return gettext("{row.name}, created at {row.created_at:%Y-%m-%d %H:%M} UTC").format(row=self)

    player_id: UUID
