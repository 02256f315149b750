"""The tables of the nineteen databases, as an application grows them when every feature brings its own file.

What makes the merge interesting is here: `users` in three files with three column sets; `sessions`,
`task_executions`, `performance_metrics`, `alerts`, `tasks` and `people` in two; an index name used twice.
"""

from __future__ import annotations

ZOE = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    email TEXT,
    display_name TEXT,
    password_hash TEXT,
    is_active INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
);
CREATE TABLE user_preferences (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (user_id, name)
) WITHOUT ROWID;
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users(id),
    name TEXT NOT NULL,
    relationship TEXT,
    birthday TEXT,
    notes TEXT,
    UNIQUE (user_id, name)
);
CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    title TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open'
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    project_id INTEGER REFERENCES projects(id),
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users(id),
    title TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT,
    category TEXT NOT NULL DEFAULT 'personal',
    visibility TEXT NOT NULL DEFAULT 'private'
);
CREATE TABLE lists (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    name TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE list_items (
    id INTEGER PRIMARY KEY,
    list_id INTEGER NOT NULL REFERENCES lists(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    added_at TEXT NOT NULL
);
CREATE TABLE journal_entries (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    entry_date TEXT NOT NULL,
    mood TEXT,
    body TEXT NOT NULL
);
CREATE TABLE reminders (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    text TEXT NOT NULL,
    due_at TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    message TEXT NOT NULL,
    is_read INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE TABLE chat_sessions (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    title TEXT,
    started_at TEXT NOT NULL
);
CREATE TABLE chat_messages (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES chat_sessions(id),
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    content TEXT NOT NULL,
    sent_at TEXT NOT NULL
);
CREATE TABLE weather_locations (
    user_id INTEGER PRIMARY KEY REFERENCES users(id),
    city TEXT NOT NULL,
    latitude REAL,
    longitude REAL
);
CREATE INDEX idx_events_user ON events(user_id, starts_at);
CREATE INDEX idx_open_reminders ON reminders(due_at) WHERE done = 0;
CREATE VIEW upcoming_events AS
    SELECT events.id, users.username, events.title, events.starts_at
    FROM events JOIN users ON users.id = events.user_id
    WHERE events.visibility <> 'hidden';
CREATE TRIGGER list_items_touch AFTER INSERT ON list_items
BEGIN
    UPDATE lists SET updated_at = NEW.added_at WHERE id = NEW.list_id;
END;
"""

DEVELOPER_TASKS = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    api_key TEXT,
    settings TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users(id),
    title TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 3,
    status TEXT NOT NULL DEFAULT 'pending',
    created_at TEXT NOT NULL,
    finished_at TEXT
);
CREATE TABLE task_executions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id INTEGER NOT NULL REFERENCES tasks(id) ON DELETE CASCADE,
    started_at TEXT NOT NULL,
    succeeded INTEGER,
    output TEXT
);
CREATE TABLE task_dependencies (
    task_id INTEGER NOT NULL REFERENCES tasks(id),
    needs_id INTEGER NOT NULL REFERENCES tasks(id),
    PRIMARY KEY (task_id, needs_id)
);
CREATE TABLE roadmap (
    id INTEGER PRIMARY KEY,
    phase TEXT NOT NULL,
    goal TEXT NOT NULL,
    progress REAL NOT NULL DEFAULT 0
);
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    raised_at TEXT NOT NULL
);
CREATE TABLE recovery_actions (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    action TEXT NOT NULL,
    succeeded INTEGER NOT NULL,
    taken_at TEXT NOT NULL
);
CREATE TABLE feature_requests (
    id INTEGER PRIMARY KEY,
    user_id INTEGER REFERENCES users(id),
    title TEXT NOT NULL,
    votes INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'new'
);
CREATE TABLE development_metrics (
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    UNIQUE (day, name)
);
CREATE TABLE schedules (
    id INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES tasks(id),
    cron TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX idx_tasks_status ON tasks(status, priority);
"""

MEMORY = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, folder TEXT, profile TEXT);
CREATE TABLE memory_facts (
    id INTEGER PRIMARY KEY,
    entity_type TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    fact TEXT NOT NULL,
    importance INTEGER NOT NULL DEFAULT 5
);
CREATE TABLE entity_embeddings (
    entity_type TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (entity_type, entity_id, model)
);
CREATE TABLE conversation_episodes (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    summary TEXT
);
CREATE TABLE conversation_turns (
    id INTEGER PRIMARY KEY,
    episode_id INTEGER NOT NULL REFERENCES conversation_episodes(id),
    message TEXT NOT NULL,
    reply TEXT
);
"""

AUTH = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'user',
    last_login TEXT
);
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX idx_sessions_user ON sessions(user_id);
"""

SESSIONS = """
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    last_activity REAL NOT NULL,
    metadata TEXT
);
CREATE INDEX idx_sessions_user ON sessions(user_id, last_activity);
"""

MODEL_PERFORMANCE = """
CREATE TABLE performance_metrics (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model TEXT NOT NULL,
    latency_ms REAL NOT NULL,
    tokens INTEGER,
    measured_at TEXT NOT NULL
);
"""

PERFORMANCE = """
CREATE TABLE performance_metrics (
    sampled_at TEXT NOT NULL,
    metric TEXT NOT NULL,
    value REAL NOT NULL,
    unit TEXT
);
CREATE TABLE alerts (metric TEXT PRIMARY KEY, threshold REAL NOT NULL);
"""

AGENT_PLANNING = """
CREATE TABLE plans (id TEXT PRIMARY KEY, goal TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE task_executions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id TEXT NOT NULL REFERENCES plans(id),
    step INTEGER NOT NULL,
    agent TEXT NOT NULL,
    result TEXT
);
"""

SATISFACTION = """
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    comment TEXT,
    given_at TEXT NOT NULL
);
"""

SELF_AWARENESS = """
CREATE TABLE reflections (
    id INTEGER PRIMARY KEY,
    thought TEXT NOT NULL,
    confidence REAL,
    made_at TEXT NOT NULL
);
"""

LEARNING = """
CREATE TABLE interactions (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    request TEXT NOT NULL,
    success INTEGER
);
CREATE TABLE patterns (name TEXT PRIMARY KEY, occurrences INTEGER NOT NULL);
"""

TOOL_REGISTRY = """
CREATE TABLE tools (name TEXT PRIMARY KEY, description TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, tool TEXT NOT NULL REFERENCES tools(name), duration_ms REAL);
"""

SNAPSHOTS = """
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL,
    digest BLOB NOT NULL,
    taken_at TEXT NOT NULL
);
"""

CONTEXT_CACHE = """
CREATE TABLE context_summaries (
    digest TEXT PRIMARY KEY,
    summary TEXT NOT NULL,
    used_at TEXT NOT NULL
) WITHOUT ROWID;
"""

KNOWLEDGE = """
CREATE VIRTUAL TABLE articles USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2');
"""

AIDER = """
CREATE TABLE aider_sessions (id TEXT PRIMARY KEY, task_id INTEGER, status TEXT NOT NULL);
CREATE TABLE aider_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES aider_sessions(id),
    role TEXT NOT NULL,
    content TEXT NOT NULL
);
"""

VECTOR_SEARCH = """
CREATE TABLE vectors (source TEXT NOT NULL, source_id INTEGER NOT NULL, vector BLOB NOT NULL);
"""

LITELLM = """
CREATE TABLE spend_logs (request_id TEXT PRIMARY KEY, model TEXT NOT NULL, cost REAL NOT NULL);
"""

TASKS = """
CREATE TABLE tasks (id TEXT PRIMARY KEY, description TEXT, code_generated INTEGER NOT NULL DEFAULT 0);
CREATE TABLE task_conversations (
    task_id TEXT NOT NULL REFERENCES tasks(id),
    role TEXT NOT NULL,
    message TEXT
);
"""

SCHEMAS: dict[str, str] = {
    "zoe.db": ZOE,
    "developer_tasks.db": DEVELOPER_TASKS,
    "memory.db": MEMORY,
    "auth.db": AUTH,
    "sessions.db": SESSIONS,
    "satisfaction.db": SATISFACTION,
    "self_awareness.db": SELF_AWARENESS,
    "learning.db": LEARNING,
    "agent_planning.db": AGENT_PLANNING,
    "tool_registry.db": TOOL_REGISTRY,
    "snapshots.db": SNAPSHOTS,
    "model_performance.db": MODEL_PERFORMANCE,
    "context_cache.db": CONTEXT_CACHE,
    "knowledge.db": KNOWLEDGE,
    "aider_conversations.db": AIDER,
    "performance.db": PERFORMANCE,
    "vector_search.db": VECTOR_SEARCH,
    "litellm.db": LITELLM,
    "tasks.db": TASKS,
}
