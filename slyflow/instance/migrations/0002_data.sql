-- Projects and what they hold. Removing a row removes what hangs on it; ids are never given twice.
-- Columns named *_data, settings, meta, body, geometry, extra and value are JSON.
CREATE TABLE project (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id INTEGER NOT NULL REFERENCES workspace (id),
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    readme TEXT NOT NULL DEFAULT '',
    settings TEXT NOT NULL DEFAULT '{}',
    custom_data TEXT NOT NULL DEFAULT '{}',
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (workspace_id, name)
) STRICT;

-- The project's meta: `body` is a class or tag as it was sent, without id and name.
CREATE TABLE class (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (project_id, name)
) STRICT;

CREATE TABLE tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (project_id, name)
) STRICT;

CREATE TABLE dataset (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES dataset (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    custom_data TEXT NOT NULL DEFAULT '{}',
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- Datasets at the top have no parent, and NULLs are never equal in a UNIQUE.
CREATE UNIQUE INDEX dataset_by_name ON dataset (project_id, coalesce(parent_id, 0), name);
CREATE INDEX dataset_by_parent ON dataset (parent_id);

-- An image is a blob, or a link that this instance keeps but never follows. Size in bytes; width and
-- height in pixels as stored, `orientation` as EXIF says.
CREATE TABLE image (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    dataset_id INTEGER NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES image (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    sha256 TEXT,
    link TEXT,
    mime TEXT,
    size INTEGER,
    width INTEGER,
    height INTEGER,
    orientation INTEGER NOT NULL DEFAULT 1,
    meta TEXT NOT NULL DEFAULT '{}',
    annotation_description TEXT NOT NULL DEFAULT '',
    annotation_data TEXT NOT NULL DEFAULT '{}',
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (dataset_id, name)
) STRICT;

CREATE INDEX image_by_content ON image (sha256);
CREATE INDEX image_by_project ON image (project_id);
CREATE INDEX image_by_parent ON image (parent_id) WHERE parent_id IS NOT NULL;

-- `geometry` is verbatim; `extra` holds the label's other fields.
CREATE TABLE figure (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    class_id INTEGER NOT NULL REFERENCES class (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    geometry TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX figure_by_image ON figure (image_id);
CREATE INDEX figure_by_class ON figure (class_id);

-- A tag put on an image, or on one of its figures.
CREATE TABLE tagging (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tag_id INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    figure_id INTEGER REFERENCES figure (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    custom_data TEXT NOT NULL DEFAULT '{}',
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX tagging_by_image ON tagging (image_id);
CREATE INDEX tagging_by_figure ON tagging (figure_id) WHERE figure_id IS NOT NULL;
CREATE INDEX tagging_by_tag ON tagging (tag_id);

CREATE TABLE collection (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    meta TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (project_id, type, name)
) STRICT;

CREATE TABLE collected (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id INTEGER NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    meta TEXT NOT NULL DEFAULT '{}',
    UNIQUE (collection_id, image_id)
) STRICT;

CREATE INDEX collected_by_image ON collected (image_id);

-- A version is reserved first and counts once it is committed.
CREATE TABLE version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    commit_token TEXT,
    name TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    team_file_id INTEGER,
    preview_project_id INTEGER,
    project_updated_at TEXT,
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (project_id, number)
) STRICT;

-- Team Files: only files, folders are what their paths say. `path` is normalised.
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team_id INTEGER NOT NULL REFERENCES team (id),
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    mime TEXT NOT NULL,
    created_by INTEGER NOT NULL REFERENCES user (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (team_id, path)
) STRICT;
