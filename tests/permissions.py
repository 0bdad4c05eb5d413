import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Nothing below the folder can be written, not even by the superuser, who becomes nobody for as long."""
    below = [folder, *folder.rglob("*")]
    for path in below:
        path.chmod(0o555 if path.is_dir() else 0o444)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)
        for path in below:
            path.chmod(0o755 if path.is_dir() else 0o644)
