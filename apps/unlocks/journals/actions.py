"""Takes what a device earned without a network: each entry once, in the chain's order, with its unlock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from apps.core.clock import now
from apps.core.errors import DomainError, Flaw, InvalidError
from apps.players.actions.devices import DeviceNotFoundError
from apps.players.device_credentials import Verifier
from apps.players.models import Device
from apps.unlocks.actions import BACKDATED_MAX, record_judged
from apps.unlocks.errors import REFUSALS, JournalBrokenError, refusal_of
from apps.unlocks.journals.chain import Entry, Head, hash_of, links
from apps.unlocks.journals.times import recorded_times
from apps.unlocks.models import Journal, JournalEntry, Source
from apps.unlocks.parsing import BATCH_MAX
from apps.unlocks.reports import Report, ReportOutcome

# Entries of a device that are held for their answers: its last two lists, however long. A device may write as many as
# it likes, and who lost an answer sends the last list again.
ENTRIES_HELD = 2 * BATCH_MAX


class JournalEditedError(DomainError):
    code = "journal_edited"
    status = 403
    detail = gettext_noop("The device did not sign this entry as it is. Nothing of the list was recorded.")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry that was accepted, with this list or before."""

    entry: JournalEntry
    # Of the entry as it is sent now.
    flaws: tuple[Flaw, ...]

    @property
    def error(self) -> DomainError | None:
        """Why the entry was refused when it was accepted; None for one that counted."""
        if self.entry.outcome in REFUSALS:
            return refusal_of(self.entry.outcome)
        if self.entry.outcome != InvalidError.code:
            return None
        # Members that were added made an entry malformed, before they broke the chain.
        if not self.flaws:
            return InvalidError(gettext("The entry was malformed when it was accepted, so it stays refused."))
        return InvalidError.of(*self.flaws)


@dataclass(frozen=True, slots=True)
class JournalOutcome:
    """What became of a list: an answer for each entry before the break, and the last entry accepted."""

    taken: list[Taken]
    head: Head
    # Where the chain breaks; None for a whole one.
    broken: JournalBrokenError | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a journal: a device, and the player and game of its token."""

    device_id: UUID
    player_id: UUID
    game_id: UUID
    is_test: bool


def head_of(device_id: UUID) -> Head:
    """Return the last entry accepted of a device. One query."""
    row = Journal.objects.filter(pk=device_id).values_list("sequence", "hash").first()
    return Head(*row) if row else Head()


def take_journal(*, sender: Sender, entries: Sequence[Entry]) -> JournalOutcome:
    """Record what a list's entries say, and move the journal's head, in one transaction.

    Entries that were accepted before get their answer again, if they are among the device's last ENTRIES_HELD; what
    breaks the chain, or has members that were added, is refused with all that follows. A refused unlock is an entry as
    any: it stays refused, and the chain goes on.
    Raises: JournalEditedError, DeviceNotFoundError, with nothing recorded.
    Cost: a statement for the unlocks and five more, whatever the number of entries; one more for a device with more
    than ENTRIES_HELD of them, and one where a time can't be true.
    """
    signed = [entry.canonical_bytes(sender.device_id) for entry in entries]
    _require_signatures(sender.device_id, entries, signed)
    hashes = list(map(hash_of, signed))
    with transaction.atomic():
        head = _lock_head(sender.device_id)
        places = [entry.sequence for entry in entries]
        accepted = {
            row.sequence: row for row in JournalEntry.objects.filter(device_id=sender.device_id, sequence__in=places)
        }
        newness = list(links(entries, hashes, head, {place: row.hash for place, row in accepted.items()}))
        new = [number for number, is_new in enumerate(newness) if is_new]
        rows = _record(sender, [entries[number] for number in new], [hashes[number] for number in new])
        if rows:
            head = _move_head(sender.device_id, rows[-1])
    accepted |= {row.sequence: row for row in rows}
    taken = [Taken(accepted[entry.sequence], entry.flaws) for entry in entries[: len(newness)]]
    return JournalOutcome(taken, head, _break_at(len(newness), entries, head))


def _require_signatures(device_id: UUID, entries: Sequence[Entry], signed: Sequence[bytes]) -> None:
    """Raises: JournalEditedError, DeviceNotFoundError for one that was deleted since its token was checked."""
    device = Device.objects.filter(pk=device_id).first()
    if device is None:
        raise DeviceNotFoundError
    verifier = Verifier(device)
    for number, (entry, message) in enumerate(zip(entries, signed, strict=True)):
        if not verifier.is_signed(message, entry.signature):
            raise JournalEditedError(pointer=f"/entries/{number}/signature")


def _lock_head(device_id: UUID) -> Head:
    """Lock a device's journal until the transaction ends: of two connections with one list, the second waits here."""
    Journal.objects.bulk_create([Journal(device_id=device_id)], ignore_conflicts=True)
    journal = Journal.objects.select_for_update().get(pk=device_id)
    return Head(journal.sequence, journal.hash)


def _move_head(device_id: UUID, last: JournalEntry) -> Head:
    """Move a locked journal's head, and delete the entries that are too far behind it."""
    Journal.objects.filter(pk=device_id).update(sequence=last.sequence, hash=last.hash)
    if last.sequence > ENTRIES_HELD:
        JournalEntry.objects.filter(device_id=device_id, sequence__lte=last.sequence - ENTRIES_HELD).delete()
    return Head(last.sequence, last.hash)


def _record(sender: Sender, entries: Sequence[Entry], hashes: Sequence[str]) -> list[JournalEntry]:
    if not entries:
        return []
    moment = now()
    outcomes = iter(_outcomes(sender, [entry for entry in entries if not entry.flaws], moment))
    malformed = ReportOutcome(InvalidError.code, sender.player_id, None, None, None, None)
    return JournalEntry.objects.bulk_create(
        _row(sender.device_id, entry, hash_, malformed if entry.flaws else next(outcomes), moment)
        for entry, hash_ in zip(entries, hashes, strict=True)
    )


def _outcomes(sender: Sender, entries: Sequence[Entry], moment: datetime) -> list[ReportOutcome]:
    times = recorded_times(entries, game_id=sender.game_id, is_test=sender.is_test, moment=moment)
    reports = [_report(sender, entry, time) for entry, time in zip(entries, times, strict=True)]
    return record_judged(reports=reports, is_test=sender.is_test, moment=moment)


def _report(sender: Sender, entry: Entry, unlocked_at: datetime) -> Report:
    return Report(
        game_id=sender.game_id,
        player_id=sender.player_id,
        achievement_id=entry.achievement_id,
        achievement_key=entry.achievement_key,
        unlocked_at=unlocked_at,
        source=Source.PUBLISHABLE,
    )


def _row(device_id: UUID, entry: Entry, hash_: str, outcome: ReportOutcome, moment: datetime) -> JournalEntry:
    return JournalEntry(
        device_id=device_id,
        sequence=entry.sequence,
        hash=hash_,
        achievement_id=outcome.achievement_id,
        outcome=outcome.outcome,
        points=outcome.points if outcome.exists else None,
        unlocked_at=outcome.unlocked_at if outcome.exists else None,
        device_time=entry.device_time,
        recorded_at=moment,
        is_late=entry.device_time is not None and entry.device_time < moment - BACKDATED_MAX,
    )


def _break_at(number: int, entries: Sequence[Entry], head: Head) -> JournalBrokenError | None:
    if number == len(entries):
        return None
    if added := entries[number].added:
        sentence = gettext("Entry {sequence} has members that no device signs. Send it as the device signed it.")
        return JournalBrokenError(sentence.format(sequence=entries[number].sequence), flaws=added)
    return JournalBrokenError(
        gettext(
            "Entry {sequence} does not follow entry {last}, the last one accepted. Begin anew behind that one."
        ).format(sequence=entries[number].sequence, last=head.sequence),
        pointer=f"/entries/{number}",
    )
