"""Inventing mail: correspondents, threads of a working life, their texts and files, the same for the same seed.

Names and companies come from Faker, everything else from the lists below; only the seed decides.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from outlook365_emulator.ids import Chance

SPAN = timedelta(days=180)
"""How far back invented mail reaches from the present."""

_COMPANIES = 12
_PEOPLE_EACH = 3

_SUBJECTS = (
    "Offer {number} for {thing}",
    "Invoice {number}",
    "Delivery of {thing} on {day}",
    "Contract draft, version {small}",
    "Agenda for {day}",
    "Notes from our call",
    "Question about order {number}",
    "Budget for {thing}",
    "Change request {number}",
    "Access to the {system}",
    "Report for {month}",
    "Visit to {city} on {day}",
    "Complaint about delivery {number}",
    "Reminder: invoice {number} is due",
    "Training on the {system}",
)
_THINGS = ("office chairs", "laptops", "the new warehouse", "packaging", "the trade fair", "spare parts", "the website")
_SYSTEMS = ("booking system", "file share", "customer database", "test environment", "expense tool")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_OPENERS = (
    "please find the details below.",
    "thank you for your time this morning.",
    "I looked into it again after our call.",
    "a short update from our side.",
    "could you have a look at this before {day}?",
    "as agreed I am sending you the numbers.",
)
_SENTENCES = (
    "The supplier confirmed {number} pieces for {day}.",
    "We still need a signature from {name}.",
    "The price went down by {small} percent.",
    "{name} would like to see the figures for {month} first.",
    "I suggest that we meet on {day} at {small} o'clock.",
    "The {system} was down for an hour, so the list is a day old.",
    "Nothing else has changed since the last version.",
    "If I hear nothing I will go ahead on {day}.",
    "The delivery note has the number {number}.",
    "Our colleagues in {city} have the same question.",
)
_ANSWERS = (
    "That works for me.",
    "Let us talk about it on {day}.",
    "I have forwarded it to {name}.",
    "The number {number} is right, the date is not.",
    "Thanks, I will come back to you.",
    "Not yet, we are waiting for {city}.",
)
_NEWS = ("Weekly digest: {month}", "Your account statement for {month}", "{system}: planned maintenance on {day}")
_SPAM = ("You have won {number} points", "Last chance: {thing} at half the price")
_FILES = (
    ("invoice-{number}.pdf", "application/pdf"),
    ("figures-{number}.csv", "text/csv"),
    ("notes.txt", "text/plain"),
    ("offer-{number}.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)
_CATEGORIES = ("Red category", "Blue category", "Green category")


class Person(msgspec.Struct, frozen=True):
    """A correspondent."""

    name: str
    address: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """An invented message.

    Attributes:
        thread: number of its thread; all its messages share a conversation.
        place: position in its thread, from 0.
        author: who wrote it; None for the owner of the mailbox.
        to: whom it goes to; None stands for the owner.
        folder: well-known name of the folder that it lies in.
        files: names, media types and contents of its attachments.
    """

    thread: int
    place: int
    at: datetime
    author: Person | None
    to: tuple[Person | None, ...]
    cc: tuple[Person | None, ...]
    subject: str
    text: str
    folder: str
    read: bool
    importance: str = "normal"
    flagged: bool = False
    focused: bool = True
    categories: tuple[str, ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()


class Inventor:
    """Invents the mail of one person.

    Args:
        seed: decides everything but the dates.
        now: the present; nothing is later.
        owner: display name of the person.
        colleagues: people of the same organisation.
    """

    def __init__(self, seed: int, now: datetime, owner: str, colleagues: list[Person]) -> None:
        from faker import Faker

        self._chance = Chance(seed)
        self._now = now.replace(microsecond=0)
        self._owner = owner
        faker = Faker("en_US")
        faker.seed_instance(seed)
        self._cities = [faker.city() for _ in range(8)]
        outside = []
        for _ in range(_COMPANIES):
            domain = f"{faker.domain_word()}.example"
            for _ in range(_PEOPLE_EACH):
                first, last = faker.first_name(), faker.last_name()
                outside.append(Person(f"{first} {last}", f"{first}.{last}@{domain}".lower()))
        self._people = [*colleagues, *outside]
        self._senders = [Person(faker.company(), f"news@{faker.domain_word()}.example") for _ in range(6)]

    def letters(self, count: int) -> Iterator[Letter]:
        """Yield a number of messages, threads from the oldest to the latest.

        Args:
            count: how many; threads begin in even steps of time, so another number has other dates.
        """
        made, thread = 0, 0
        while made < count:
            # Even steps through the span leave the latest thread close to the present, whatever the number.
            start = self._start(made / count)
            for letter in self._thread(thread, start):
                if made < count and letter.at <= self._now:
                    yield letter
                    made += 1
            thread += 1

    def _start(self, part: float) -> datetime:
        chance = self._chance
        at = self._now - SPAN * (1 - part) - timedelta(hours=chance.random() * 20, minutes=1)
        hour = chance.choice((7, 8, 8, 9, 9, 10, 11, 13, 14, 15, 16, 17, 20))
        wanted = at.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
        return wanted if wanted < self._now else at

    def _thread(self, number: int, start: datetime) -> Iterator[Letter]:
        kind = self._chance.random()
        if kind < 0.12:
            yield self._single(number, start, _NEWS, "inbox", focused=False)
        elif kind < 0.16:
            yield self._single(number, start, _SPAM, "junkemail", focused=False)
        else:
            yield from self._conversation(number, start)

    def _single(self, number: int, at: datetime, subjects: tuple[str, ...], folder: str, *, focused: bool) -> Letter:
        sender = self._chance.choice(self._senders)
        text = f"Hello {self._owner},\n\n{self._sentences(3)}\n\nTo stop these messages, change your settings."
        return Letter(
            thread=number,
            place=0,
            at=at,
            author=sender,
            to=(None,),
            cc=(),
            subject=self._fill(self._chance.choice(subjects)),
            text=text,
            folder=folder,
            read=self._chance.random() < 0.4,
            focused=focused,
        )

    def _conversation(self, number: int, at: datetime) -> Iterator[Letter]:
        chance = self._chance
        other = chance.choice(self._people)
        copied = [chance.choice(self._people)] if chance.random() < 0.25 else []
        third = tuple(one for one in copied if one.address != other.address)
        subject = self._fill(chance.choice(_SUBJECTS))
        length = chance.choice((1, 1, 1, 2, 2, 3, 3, 4, 5, 7))
        own = chance.random() < 0.2
        kept = "archive" if chance.random() < 0.08 else "deleteditems" if chance.random() < 0.05 else "inbox"
        for place in range(length):
            age = self._now - at
            yield Letter(
                thread=number,
                place=place,
                at=at,
                author=None if own else other,
                to=(other if own else None,),
                cc=third,
                subject=subject if place == 0 else f"RE: {subject}",
                text=self._text(place, other.name if own else self._owner, self._owner if own else other.name),
                folder="sentitems" if own else kept,
                read=own or place < length - 1 or chance.random() < (0.5 if age < timedelta(days=3) else 0.95),
                importance="high" if chance.random() < 0.04 else "normal",
                flagged=not own and chance.random() < 0.04,
                categories=(chance.choice(_CATEGORIES),) if chance.random() < 0.06 else (),
                files=tuple(self._file() for _ in range(chance.choice((1, 1, 2)))) if chance.random() < 0.15 else (),
            )
            at += timedelta(minutes=chance.choice((7, 25, 55, 140, 360, 1500)) + chance.randrange(20))
            own = not own

    def _text(self, place: int, to: str, author: str) -> str:
        first = self._fill(self._chance.choice(_OPENERS if place == 0 else _ANSWERS))
        body = self._sentences(self._chance.choice((1, 2, 3, 4)))
        return f"Hello {to.split(maxsplit=1)[0]},\n\n{first} {body}\n\nKind regards\n{author}"

    def _sentences(self, count: int) -> str:
        return " ".join(self._fill(one) for one in self._chance.sample(_SENTENCES, count))

    def _file(self) -> tuple[str, str, bytes]:
        name, media_type = self._chance.choice(_FILES)
        rows = (
            f"{self._chance.randrange(10**6)};{self._fill('{thing}')}" for _ in range(self._chance.randrange(4, 60))
        )
        content = "\r\n".join(rows).encode()
        head = b"%PDF-1.4\n" if media_type == "application/pdf" else b""
        return self._fill(name), media_type, head + content

    def _fill(self, template: str) -> str:
        chance = self._chance
        return template.format(
            number=chance.randrange(1000, 9999),
            small=chance.randrange(2, 12),
            thing=chance.choice(_THINGS),
            system=chance.choice(_SYSTEMS),
            day=chance.choice(_DAYS),
            month=chance.choice(_MONTHS),
            city=chance.choice(self._cities),
            name=chance.choice(self._people).name,
        )
