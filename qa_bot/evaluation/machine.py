"""What measurements were made on, and the memory of a process."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# What decides how fast an index answers and is built.
_PACKAGES = ("qa-bot", "faiss-cpu", "onnxruntime", "tantivy", "tokenizers", "numpy", "sentence-transformers", "torch")
_STATUS = Path("/proc/self/status")
_CPU = Path("/proc/cpuinfo")


def machine() -> dict[str, str | int | None]:
    """The processor, its cores that may be used, the machine's memory in bytes, the system and Python's version."""
    return {
        "processor": _field(_CPU, "model name") or platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_bytes": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The versions of the packages that time depends on, those that are not installed left out."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def peak_memory() -> int | None:
    """The most memory that this process has had (resident set), in bytes; None where the system does not tell."""
    # Not getrusage where it can be helped: on Linux a child begins with the peak of the process that started it.
    if found := _field(_STATUS, "VmHWM"):
        return int(found.split()[0]) * 1024
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 (not on every system)

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _memory() -> int | None:
    if sys.platform == "win32":
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _field(path: Path, name: str) -> str | None:
    """The first value of that name in a file of `name: value` lines; None where there is none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    pairs = (line.partition(":") for line in lines)
    return next((value.strip() for key, _, value in pairs if key.strip() == name), None)
