"""What a task can read, and how several readings travel as one pipeline and are told apart again. Pure: no I/O.

Outputs of one pipeline arrive as one flat run; nothing on the wire names the statement. CIM instances name their class
and provider items their path, so those statements need no help. Anything else gets a marker statement in front.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .command import Command, Statement, Value
from .values import RemoteError, RemoteObject, text_of

MARKER = "autopilot.reset:"
DEFAULT_NAMESPACE = "root/cimv2"  # Get-CimInstance's own: to name it would cost every read some 300 bytes

_HIVES = {
    "HKLM:": "HKEY_LOCAL_MACHINE",
    "HKCU:": "HKEY_CURRENT_USER",
}


@dataclasses.dataclass(frozen=True, slots=True)
class RegistryKey:
    """The values of one key. A missing key is an answer (`Reading.missing`)."""

    path: str


@dataclasses.dataclass(frozen=True, slots=True)
class RegistryKeys:
    """The values of every key that a path with `*` matches. No match is an empty answer."""

    pattern: str


@dataclasses.dataclass(frozen=True, slots=True)
class CimInstances:
    """All instances of a class, filtered on the device by a WQL condition."""

    class_name: str
    namespace: str = DEFAULT_NAMESPACE
    filter: str | None = None
    properties: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Environment:
    """One environment variable of the remote session."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class TextFile:
    """A whole UTF-8 text file as one string."""

    path: str


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One file or folder, hidden ones too."""

    path: str


@dataclasses.dataclass(frozen=True, slots=True)
class Folder:
    """What stands directly in one folder, hidden items too."""

    path: str


@dataclasses.dataclass(frozen=True, slots=True)
class Pipe:
    """A statement that no other kind of read covers: several commands, or one that gives plain values.

    `gives` says how its outputs name themselves, if they do: a CIM class, or `<class>#<method>` for the results of a method.
    No other read of the batch may give the same. `alone` keeps the statement out of every other pipeline: it may be one that
    the device does not know, or that takes the session down with it.
    """

    statement: Statement
    gives: str | None = None
    alone: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Native:
    """A program's output lines and exit code (see `native_result`)."""

    program: str
    arguments: tuple[str, ...] = ()


Read: t.TypeAlias = RegistryKey | RegistryKeys | CimInstances | Environment | TextFile | Item | Folder | Pipe | Native


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What one read gave: its outputs and errors in order. `died` is the terminating error that ended it, if any."""

    outputs: tuple[t.Any, ...] = ()
    errors: tuple[RemoteError, ...] = ()
    died: RemoteError | None = None

    @property
    def failure(self) -> RemoteError | None:
        """Why this could not be read; None when it was read or is plainly not there."""
        return self.died or next((error for error in self.errors if not error.not_found), None)

    @property
    def missing(self) -> bool:
        return self.failure is None and not self.outputs and any(error.not_found for error in self.errors)

    @property
    def first(self) -> t.Any:
        """The first output; None when there is none, or when the reading failed after it (what else it hid is unknown)."""
        return self.outputs[0] if self.outputs and self.failure is None else None


@dataclasses.dataclass(frozen=True, slots=True)
class Output:
    value: t.Any


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    error: RemoteError


Event: t.TypeAlias = Output | Failure


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """Statements that belong together, the reads they answer, and the marker in front (None: outputs name themselves)."""

    reads: t.Mapping[str, Read]
    statements: tuple[Statement, ...]
    marker: str | None = None

    def owners(self, event: Event) -> tuple[str, ...]:
        """Which of the reads this event belongs to, by what it says of itself."""
        return tuple(key for key, read in self.reads.items() if _claims(read, event))


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """One pipeline of reads."""

    slots: tuple[Slot, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        marked: list[Statement] = []
        for slot in self.slots:
            if slot.marker is not None:
                marked.append((Command("Write-Output", {"InputObject": slot.marker}),))
            marked.extend(slot.statements)
        return tuple(marked)

    def sort(self, events: t.Iterable[Event], died: RemoteError | None) -> Sorted:
        """Give every event to its read.

        Args:
            events: what the pipeline gave, in wire order.
            died: the terminating error, if the pipeline failed.

        Returns:
            The finished readings, and the keys that have to be read again: those behind the statement that died, and
            those whose share could not be told for certain.
        """
        bag = _Bag(self)
        for event in events:
            bag.add(event)
        return bag.sorted(died)


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    readings: t.Mapping[str, Reading]
    again: frozenset[str]


class _Bag:
    """The state of one walk over the events.

    `_queries` are the reads in front of the markers that are CIM queries. A refused query names no target, and a query is refused at
    most once: when as many were refused as were asked, each refusal belongs to one of them, in their order.
    """

    def __init__(self, batch: Batch) -> None:
        self._slots = batch.slots
        self._markers = {slot.marker: index for index, slot in enumerate(batch.slots) if slot.marker is not None}
        self._current: int | None = None
        self._doubtful = False
        self._queries = [key for slot in batch.slots if slot.marker is None for key, read in slot.reads.items() if _is_query(read)]
        self._refused: list[Event] = []
        self._events: dict[str, list[Event]] = {key: [] for slot in batch.slots for key in slot.reads}

    def add(self, event: Event) -> None:
        value = text_of(event.value) if isinstance(event, Output) else None
        if value is not None and value in self._markers:
            self._current = self._markers[value]
            return
        if self._current is not None:
            self._add_to(self._slots[self._current], event)
            return
        claims = [owners for slot in self._slots if slot.marker is None for owners in [slot.owners(event)] if owners]
        if len(claims) == 1:
            self._give(claims[0], event)
        elif not claims and isinstance(event, Failure) and _is_refused_query(event.error):
            self._refused.append(event)
        else:
            self._doubtful = True

    def _add_to(self, slot: Slot, event: Event) -> None:
        self._give(slot.owners(event) or tuple(slot.reads), event)

    def _give(self, keys: t.Iterable[str], event: Event) -> None:
        for key in keys:
            self._events[key].append(event)

    def sorted(self, died: RemoteError | None) -> Sorted:
        readings: dict[str, Reading] = {}
        again: set[str] = set()
        self._settle_refusals()
        reached = len(self._slots) if died is None else -1 if self._current is None else self._current
        for index, slot in enumerate(self._slots):
            unsure = slot.marker is None and (self._doubtful or (died is not None and reached < 0))
            if unsure or index > reached:
                again.update(slot.reads)
                continue
            end = died if index == reached else None
            readings.update({key: self._reading(key, end) for key in slot.reads})
        return Sorted(readings, frozenset(again))

    def _settle_refusals(self) -> None:
        if self._refused and len(self._refused) != len(self._queries):
            self._doubtful = True
            return
        for key, event in zip(self._queries, self._refused, strict=False):
            self._give((key,), event)

    def _reading(self, key: str, died: RemoteError | None) -> Reading:
        events = self._events[key]
        outputs = tuple(event.value for event in events if isinstance(event, Output))
        errors = tuple(event.error for event in events if isinstance(event, Failure))
        return Reading(outputs, errors, died)


def plan(reads: t.Mapping[str, Read], token: str, *, precise: bool = False) -> Batch:
    """Lay reads out as one pipeline.

    Args:
        reads: what to read, by key.
        token: unguessable text that makes this pipeline's markers its own.
        precise: put a marker before every statement. The first attempt does without where it can, since each costs about
            2 KB; after a statement died, a precise batch tells which.
    """
    slots = [*_merged(reads, precise), *_single(reads)]
    return Batch(
        tuple(
            dataclasses.replace(slot, marker=f"{MARKER}{token}:{index}") if precise or not _names_itself(slot) else slot
            for index, slot in enumerate(slots)
        )
    )


def _names_itself(slot: Slot) -> bool:
    return not any(_needs_marker(read) for read in slot.reads.values())


def _needs_marker(read: Read) -> bool:
    return isinstance(read, Native) or (isinstance(read, Pipe) and read.gives is None)


def _merged(reads: t.Mapping[str, Read], precise: bool) -> t.Iterator[Slot]:
    """Reads of which many fit one command, as `-LiteralPath` and `-Path` take arrays. Apart when precision is wanted."""
    kinds: tuple[tuple[type[t.Any], t.Callable[[tuple[str, ...]], Command]], ...] = (
        (RegistryKey, lambda paths: Command("Get-ItemProperty", {"LiteralPath": paths})),
        (RegistryKeys, lambda paths: Command("Get-ItemProperty", {"Path": paths})),
        (Environment, lambda names: Command("Get-Content", {"LiteralPath": tuple(f"Env:{name}" for name in names)})),
        (Item, lambda paths: Command("Get-Item", {"LiteralPath": paths, "Force": True})),
        (Folder, lambda paths: Command("Get-ChildItem", {"LiteralPath": paths, "Force": True})),
    )
    for kind, command in kinds:
        group = {key: read for key, read in reads.items() if isinstance(read, kind)}
        for part in [{key: read} for key, read in group.items()] if precise else [group] if group else []:
            places = tuple(dict.fromkeys(_place(read) for read in part.values()))
            yield Slot(part, ((command(places),),))


def _single(reads: t.Mapping[str, Read]) -> t.Iterator[Slot]:
    # Those that name themselves go first, so that one marker ends their zone.
    for key, read in sorted(reads.items(), key=lambda entry: _needs_marker(entry[1])):
        if isinstance(read, CimInstances):
            yield Slot({key: read}, ((_get_instances(read),),))
        elif isinstance(read, TextFile):
            yield Slot({key: read}, ((Command("Get-Content", {"LiteralPath": read.path, "Raw": True, "Encoding": "UTF8"}),),))
        elif isinstance(read, Pipe):
            yield Slot({key: read}, (read.statement,))
        elif isinstance(read, Native):
            yield Slot({key: read}, native_statements(read))


def _get_instances(read: CimInstances) -> Command:
    parameters: dict[str, Value] = {"ClassName": read.class_name}
    if read.namespace != DEFAULT_NAMESPACE:
        parameters["Namespace"] = read.namespace
    if read.filter is not None:
        parameters["Filter"] = read.filter
    if read.properties:
        parameters["Property"] = read.properties
    return Command("Get-CimInstance", parameters)


def native_statements(read: Native) -> tuple[Statement, ...]:
    """Run a program and read its exit code.

    LASTEXITCODE is set first: it keeps the code of an earlier program when this one never starts.
    """
    return (
        (Command("Set-Variable", {"Name": "LASTEXITCODE", "Scope": "Global", "Value": "unset"}),),
        (Command(read.program, arguments=read.arguments),),
        (Command("Get-Variable", {"Name": "LASTEXITCODE", "Scope": "Global", "ValueOnly": True}),),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class NativeResult:
    """A program's lines (standard output, then what it wrote to standard error) and exit code; None: it never ran."""

    lines: tuple[str, ...]
    exit_code: int | None
    error: RemoteError | None = None


def native_result(reading: Reading) -> NativeResult:
    """Take a native reading apart: the last output is the exit code, the others are lines."""
    outputs = list(reading.outputs)
    last = outputs.pop() if outputs and (isinstance(outputs[-1], int) or text_of(outputs[-1]) == "unset") else None
    lines = [text for text in (text_of(value) for value in outputs) if text is not None]
    native = [error for error in reading.errors if error.id.startswith("NativeCommandError")]
    other = next((error for error in reading.errors if error not in native), None)
    lines.extend(error.message for error in native)
    return NativeResult(tuple(lines), last if isinstance(last, int) else None, reading.died or other)


def _place(read: t.Any) -> str:
    if isinstance(read, RegistryKeys):
        return read.pattern
    if isinstance(read, Environment):
        return read.name
    return str(read.path)


def _claims(read: Read, event: Event) -> bool:
    if isinstance(event, Failure):
        return _claims_error(read, event.error)
    value = event.value
    if not isinstance(value, RemoteObject):
        return False
    if isinstance(read, CimInstances):
        return (value.cim_class or "").lower() == read.class_name.lower()
    if isinstance(read, Pipe):
        return read.gives is not None and read.gives.lower() == (value.cim_class or _method_result(value) or "").lower()
    path = value.parent if isinstance(read, Folder) else value.path
    if path is None or isinstance(read, Native):
        return False
    return _matches(_place(read), path) and _kind_fits(read, value)


def _method_result(value: RemoteObject) -> str | None:
    """`<class>#<method>` of what Invoke-CimMethod gives."""
    head, mark, tail = (value.types[0] if value.types else "").partition("#")
    return tail if mark and head.endswith("CimMethodResult") else None


def _kind_fits(read: Read, value: RemoteObject) -> bool:
    # A file read as text and asked for as an item has one path: the text is the one with a string behind it.
    return isinstance(value.value, str) if isinstance(read, (TextFile, Environment)) else not isinstance(value.value, str)


def _claims_error(read: Read, error: RemoteError) -> bool:
    target = error.target.lower()
    command = error.id.rpartition(".")[2]
    if isinstance(read, CimInstances):
        return command == "GetCimInstanceCommand" and target.replace("\\", "/") == f"{read.namespace}:{read.class_name}".lower()
    if isinstance(read, (RegistryKey, RegistryKeys)):
        return command == "GetItemPropertyCommand" and _matches(_place(read), error.target)
    if isinstance(read, Environment):
        return command == "GetContentCommand" and target.removeprefix("env:").lstrip("\\") == read.name.lower()
    if isinstance(read, TextFile):
        return command == "GetContentCommand" and target == read.path.lower()
    if isinstance(read, Item):
        return command == "GetItemCommand" and target == read.path.lower()
    if isinstance(read, Folder):
        return command == "GetChildItemCommand" and target == read.path.lower()
    if isinstance(read, Pipe):
        # The first command of a pipe may be one that other reads use too; what follows is its own.
        return any(command == f"{later.name.replace('-', '')}Command" for later in read.statement[1:])
    return False


def _is_query(read: Read) -> bool:
    """A Get-CimInstance with a filter or a list of properties is a query."""
    if isinstance(read, Pipe):
        return read.statement[0].name == "Get-CimInstance" and not {"Filter", "Property"}.isdisjoint(read.statement[0].parameters)
    return isinstance(read, CimInstances) and (read.filter is not None or bool(read.properties))


def _is_refused_query(error: RemoteError) -> bool:
    return not error.target and error.id.endswith(".GetCimInstanceCommand")


def _matches(place: str, path: str) -> bool:
    """Whether a provider path answers to a place; `*` stands for one level of the tree."""
    levels = re.escape(native_path(place)).replace(r"\*", r"[^\\]*")
    return re.fullmatch(levels, native_path(path), re.IGNORECASE) is not None


def native_path(path: str) -> str:
    """A registry drive path as the provider writes it: `HKLM:\\X` -> `HKEY_LOCAL_MACHINE\\X`; other paths as they are."""
    path = path.rpartition("::")[2]
    drive, colon, rest = path.partition("\\")
    return _HIVES[drive.upper()] + colon + rest if drive.upper() in _HIVES else path
