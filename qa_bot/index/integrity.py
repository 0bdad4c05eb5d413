"""Whether a file of SQLite is whole."""

import sqlite3


def sqlite_damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with a file, all of which it reads; empty where it is whole."""
    try:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if said == ["ok"] else said
