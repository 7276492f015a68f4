-- People and places.
CREATE TABLE team (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE workspace (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id INTEGER NOT NULL REFERENCES team (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    UNIQUE (team_id, name)
) STRICT;

CREATE TABLE user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE agent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id INTEGER NOT NULL REFERENCES team (id),
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

-- Apps: a module has releases; the code of a release is a tar in the blob store.
CREATE TABLE module (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE release (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    module_id INTEGER NOT NULL REFERENCES module (id),
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    archive TEXT NOT NULL,
    config TEXT NOT NULL,
    config_dir TEXT NOT NULL,
    readme TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (module_id, version)
) STRICT;

-- Sessions. `meta`, `output`, `state` and `settings` are JSON objects; `meta` holds what apps add to
-- their task's meta, everything else of it is made from the columns.
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    idempotency_key TEXT UNIQUE,
    workspace_id INTEGER NOT NULL REFERENCES workspace (id),
    user_id INTEGER NOT NULL REFERENCES user (id),
    agent_id INTEGER NOT NULL REFERENCES agent (id),
    release_id INTEGER NOT NULL REFERENCES release (id),
    module_id INTEGER NOT NULL REFERENCES module (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    params TEXT NOT NULL,
    settings TEXT NOT NULL,
    status TEXT NOT NULL,
    stop_requested INTEGER NOT NULL DEFAULT 0,
    meta TEXT NOT NULL DEFAULT '{}',
    output TEXT NOT NULL DEFAULT '{}',
    fields TEXT NOT NULL DEFAULT '{}',
    exit_code INTEGER,
    problem TEXT,
    log_lines INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT
) STRICT;

CREATE INDEX session_by_status ON session (status);
CREATE INDEX session_by_workspace ON session (workspace_id, id);
CREATE INDEX session_by_module ON session (module_id, id);

-- The workflow graph: one row an edge, `node` and `meta` as they were sent last. `written_by` is the
-- session whose token wrote it first, NULL when a user did.
CREATE TABLE edge (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id INTEGER NOT NULL,
    task_id INTEGER NOT NULL REFERENCES session (id),
    direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
    type TEXT NOT NULL,
    data_id TEXT NOT NULL,
    node TEXT NOT NULL,
    meta TEXT,
    written_by INTEGER REFERENCES session (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (task_id, direction, type, data_id)
) STRICT;

-- What each session made, by its own token.
CREATE TABLE creation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES session (id),
    kind TEXT NOT NULL,
    data_id INTEGER NOT NULL,
    UNIQUE (session_id, kind, data_id)
) STRICT;
