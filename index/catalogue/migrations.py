"""How the tables came to be, in the order in which they did. A step, once published, never changes.

``PRAGMA user_version`` of the file counts the steps that were taken. To change the tables, add a
function below and a row to MIGRATIONS.
"""

from __future__ import annotations

from collections.abc import Callable

from index.catalogue.database import Database
from index.errors import LibraryDamaged, SchemaTooNew

APPLICATION_ID = 0x58756E5A
"""`XunZ`: tells the catalogue from any other SQLite file."""


def m001_facts_about_the_library(database: Database) -> None:
    """What the library is: its encoder, its terms, its version."""
    database.run(
        "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    )


def m002_files_and_what_was_read_from_them(database: Database) -> None:
    """A file is known by its path and its state at reading, so unchanged ones cost one stat.

    Ids of documents, paragraphs and passages are never given twice: what was removed stays gone,
    and a reader with an old generation of the store cannot meet another text under the same id.
    """
    for statement in (
        """
        CREATE TABLE file (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            checked_ns INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('complete', 'unfinished', 'failed')),
            reason TEXT NOT NULL,
            options TEXT NOT NULL,
            given TEXT NOT NULL,
            preparation INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE document (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            external_id TEXT,
            format TEXT NOT NULL,
            title TEXT NOT NULL,
            unit TEXT,
            year INTEGER,
            kind TEXT,
            characters INTEGER NOT NULL,
            paragraphs INTEGER NOT NULL,
            passages INTEGER NOT NULL,
            removals INTEGER NOT NULL,
            content_hash TEXT NOT NULL,
            UNIQUE (file_id, key)
        )
        """,
        """
        CREATE TABLE paragraph (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            level INTEGER NOT NULL,
            heading_path TEXT NOT NULL,
            first INTEGER NOT NULL,
            past INTEGER NOT NULL,
            page INTEGER,
            text TEXT NOT NULL
        )
        """,
        "CREATE INDEX paragraph_by_document ON paragraph (document_id, number)",
        """
        CREATE TABLE passage (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            paragraph_id INTEGER NOT NULL REFERENCES paragraph (id) ON DELETE CASCADE,
            first INTEGER NOT NULL,
            past INTEGER NOT NULL,
            text_hash BLOB NOT NULL
        )
        """,
        "CREATE INDEX passage_by_paragraph ON passage (paragraph_id)",
        """
        CREATE TABLE removal (
            document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            rule TEXT NOT NULL,
            block INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (document_id, position)
        ) WITHOUT ROWID
        """,
    ):
        database.run(statement)


def m003_vectors_by_text(database: Database) -> None:
    """A text is encoded once, however many paragraphs carry it and however often they come."""
    for statement in (
        """
        CREATE TABLE encoder (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            dimension INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE vector (
            id INTEGER PRIMARY KEY,
            encoder_id INTEGER NOT NULL REFERENCES encoder (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('passage', 'query')),
            text_hash BLOB NOT NULL,
            half BLOB NOT NULL,
            crc32 INTEGER NOT NULL,
            UNIQUE (encoder_id, kind, text_hash)
        )
        """,
    ):
        database.run(statement)


def m004_words_of_paragraphs(database: Database) -> None:
    """Words as the tokenizer cut them, joined by spaces; FTS5 only has to cut at the spaces.

    Its tokenizer `ascii` takes every character beyond ASCII as part of a word and, by `tokenchars`,
    the ASCII marks too, so 5.5% and c++ stay one word; `words.as_word` replaces the few that cannot
    stand in this list. `unicode61` would cut at them, and drops characters newer than its tables.
    The words themselves are kept (no content=''), because only then can a row be deleted safely.
    """
    marks = r"!#$%&()*+,-./:;<=>?@[\]^_{|}~"
    tokenizer = f"ascii tokenchars '{marks}'"
    for statement in (
        f'CREATE VIRTUAL TABLE word USING fts5 (words, tokenize = "{tokenizer}")',
        "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (word, row)",
        """
        CREATE TRIGGER paragraph_takes_its_words_along AFTER DELETE ON paragraph
        BEGIN DELETE FROM word WHERE rowid = old.id; END
        """,
    ):
        database.run(statement)


def m005_what_was_added_and_what_is_to_be_deleted(database: Database) -> None:
    """`root`: the files and folders a person named, to read them again. `discarded`: uploaded
    copies whose documents are gone, to be deleted even if the process ends before it can."""
    database.run("CREATE TABLE root (path TEXT PRIMARY KEY, folder INTEGER NOT NULL) WITHOUT ROWID")
    database.run("CREATE TABLE discarded (path TEXT PRIMARY KEY) WITHOUT ROWID")


def m006_what_offices_really_have(database: Database) -> None:
    """What is held for a decision, mended by hand, repeated, waiting, watched, or has no pages.

    A held file has state `failed` and a list in `held` that is not empty: the CHECK on `state`
    could only be changed by making the table anew, and dropping it would take every document along.
    """
    for statement in (
        "ALTER TABLE file ADD COLUMN held TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE file ADD COLUMN accepted TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE document ADD COLUMN period TEXT",
        "ALTER TABLE document ADD COLUMN origins TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE document ADD COLUMN text_hash BLOB",
        "ALTER TABLE document ADD COLUMN sketch BLOB",
        "ALTER TABLE document ADD COLUMN twin_of INTEGER"
        " REFERENCES document (id) ON DELETE SET NULL",
        "ALTER TABLE document ADD COLUMN twin_kind TEXT",
        "ALTER TABLE document ADD COLUMN twin_shared REAL",
        "ALTER TABLE document ADD COLUMN counted INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE document ADD COLUMN choice INTEGER",
        "CREATE INDEX document_by_text ON document (text_hash)",
        "CREATE INDEX document_by_twin ON document (twin_of)",
        "ALTER TABLE paragraph ADD COLUMN place TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE paragraph ADD COLUMN recognised INTEGER NOT NULL DEFAULT 0",
        """
        CREATE TABLE mend (
            file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (file_id, key, field)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE queue (path TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
        "ALTER TABLE root ADD COLUMN watched INTEGER NOT NULL DEFAULT 0",
    ):
        database.run(statement)


def m007_what_is_away_and_may_come_back(database: Database) -> None:
    """A folder that vanishes as a whole may be a share that is not connected: its files wait.

    `disk` remembers on which device named folders and mounted ones lay, to know a mount point
    that lost its disk from a folder that somebody emptied.
    """
    for statement in (
        "ALTER TABLE file ADD COLUMN away TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE file ADD COLUMN away_why TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE disk (folder TEXT PRIMARY KEY, device TEXT NOT NULL) WITHOUT ROWID",
    ):
        database.run(statement)


def m008_what_reviewers_decided(database: Database) -> None:
    """A line for each thing said of a finding. It hangs on the wording and not on a document or a
    file: the same wording in next year's draft is what it is offered again for."""
    for statement in (
        """
        CREATE TABLE decision (
            id INTEGER PRIMARY KEY,
            wording BLOB NOT NULL,
            draft BLOB NOT NULL,
            title TEXT NOT NULL,
            mark TEXT NOT NULL,
            note TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """,
        "CREATE INDEX decision_by_wording ON decision (hex(wording))",
    ):
        database.run(statement)


def m009_runs_of_three_characters(database: Database) -> None:
    """Wording in quotes is looked for as it is written, inside words too: of half a million
    paragraphs all texts had to be read for that, up to 0.45 s.

    `content=ended`: the texts are not kept twice; triggers tell the index what comes and goes. Each
    ends in a line break there, so that any two characters begin a run of three. `detail=none`: only
    in which paragraphs a run stands, not where; a twentieth of a library.
    """
    gone = "INSERT INTO gram (gram, rowid, text) VALUES ('delete', old.id, old.text || char(10));"
    come = "INSERT INTO gram (rowid, text) VALUES (new.id, new.text || char(10));"
    for statement in (
        "CREATE VIEW ended AS SELECT id, text || char(10) AS text FROM paragraph",
        "CREATE VIRTUAL TABLE gram USING fts5 (text, content = 'ended', content_rowid = 'id',"
        " tokenize = 'trigram', detail = none, columnsize = 0)",
        "CREATE VIRTUAL TABLE grams USING fts5vocab (gram, row)",
        "INSERT INTO gram (gram) VALUES ('rebuild')",
        f"CREATE TRIGGER paragraph_brings_its_grams AFTER INSERT ON paragraph BEGIN {come} END",
        f"CREATE TRIGGER paragraph_takes_its_grams_along AFTER DELETE ON paragraph BEGIN {gone}"
        " END",
        "CREATE TRIGGER paragraph_changes_its_grams AFTER UPDATE OF text ON paragraph"
        f" BEGIN {gone} {come} END",
    ):
        database.run(statement)


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    m001_facts_about_the_library,
    m002_files_and_what_was_read_from_them,
    m003_vectors_by_text,
    m004_words_of_paragraphs,
    m005_what_was_added_and_what_is_to_be_deleted,
    m006_what_offices_really_have,
    m007_what_is_away_and_may_come_back,
    m008_what_reviewers_decided,
    m009_runs_of_three_characters,
)


def schema_version(database: Database) -> int:
    """How many steps the file has taken; 0 for a new or empty file.

    Raises SchemaTooNew where it took steps that this version does not know, and LibraryDamaged
    where it is not a catalogue at all.
    """
    version = int(database.value("PRAGMA user_version"))
    application = int(database.value("PRAGMA application_id"))
    if application != APPLICATION_ID and (version or database.value("SELECT 1 FROM sqlite_master")):
        raise LibraryDamaged(f"{database.file} 不是寻章的资料库文件，请检查文件夹是否选对。")
    if version > len(MIGRATIONS):
        raise SchemaTooNew(
            f"资料库 {database.file.parent} 由更新的版本写成（结构第 {version} 版，"
            f"这个程序认识到第 {len(MIGRATIONS)} 版）。请升级程序后再打开。"
        )
    return version


def migrate(database: Database) -> None:
    """Take the steps that are missing, all or none."""
    with database.transaction():
        taken = schema_version(database)
        for number, step in enumerate(MIGRATIONS[taken:], start=taken + 1):
            step(database)
            database.run(f"PRAGMA user_version = {number}")
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
