"""Memory that runs out, told as what it is: numeric libraries report it in many ways, or crash."""

import sys
from collections.abc import Iterator

# What a question needs on two cores, of addresses and not of memory: below it a library crashes the process while it
# is loaded, and nothing can be caught. Threads take most of it, and so more cores need more.
LEAST_ADDRESSES = 850_000_000
# How libraries say that there is no memory, other than by a MemoryError.
_SYMPTOMS = (
    "bad_alloc",
    "bad allocation",
    "can't start new thread",
    "cannot allocate memory",
    "failed to allocate memory",
    "failed to map segment",
    "out of memory",
)
NOT_ENOUGH = "There is not enough memory for this: use a smaller corpus, or a larger machine."


def limit_complaint() -> str | None:
    """What is wrong with the limit of this process's memory, None where there is none or it is wide enough."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 (Windows has no such module)

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or limit >= LEAST_ADDRESSES:
        return None
    return (
        f"This process may use {limit / 1e6:,.0f} MB of address space, and a question takes"
        f" {LEAST_ADDRESSES / 1e6:,.0f} MB or more: raise the limit (ulimit -v)."
    )


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether the error, or one that led to it, is that there was no memory left."""
    return any(
        isinstance(one, MemoryError) or any(symptom in str(one).lower() for symptom in _SYMPTOMS)
        for one in _chain(error)
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
