"""The form of a list of console changes: what somebody does, and what `plan` must show for it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """One change, made to a freshly seeded and imported emulator.

    `apply(aws, seed)` makes it: `aws("ec2")` gives a boto3 client, `seed` is what the seed script returned. What it
    returns, if anything, is put under `seed["result"]` before `expect` is looked at.

    `expect` lists everything that the plan must show, and nothing else may be shown:
    `(drift, kind, id, attributes)` with drift `changed`, `added` or `removed`; the id as text or as a function of the
    seed; and the names of all top-level attributes that differ (`tags` for tags), empty for `added` and `removed`.
    """

    name: str
    apply: Callable
    expect: list[tuple[str, str, str | Callable, list[str]]]
    emulators: set[str] = field(default_factory=lambda: {"moto", "ministack"})
