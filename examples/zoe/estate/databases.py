"""Fills the nineteen databases. Nothing here asks a clock or a random generator: two runs, the same rows."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from estate.schemas import SCHEMAS

Row = tuple[Any, ...]
Rows = dict[str, Iterable[Row]]

PEOPLE = (
    "Ada Okafor",
    "Björn Lindqvist",
    "Carmen Ruiz",
    "Deniz Kaya",
    "Elif Şahin",
    "Frank O'Neil",
    "Grace Muller",
    "Hana Sato",
    "Ivo Petrov",
    "Jana Nováková",
    "Kofi Mensah",
    "Léa Dubois",
    "Mia Rossi",
    "Nils Berg",
    "Olga Ivanova",
    "Pablo Díaz",
    "Quinn Hart",
)


def day(number: int) -> str:
    """The `number`th day of the story, which starts on 1 September 2025: an ISO date."""
    month, rest = divmod(number, 28)
    return f"2025-{9 + month:02d}-{rest + 1:02d}"


def moment(number: int) -> str:
    """A point in time on that day, seven minutes later with each number."""
    return f"{day(number % 40)} {7 + number % 14:02d}:{number * 7 % 60:02d}:00"


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def password(name: str) -> str:
    return "sha256$" + digest(f"pepper:{name}").hex()


def vector(seed: int, dimensions: int = 16) -> bytes:
    """A float32 embedding, little endian."""
    return struct.pack(f"<{dimensions}f", *(((seed * 31 + i * 17) % 97) / 97 for i in range(dimensions)))


def zoe_rows() -> Rows:
    names = ["testuser", "admin", "user", "system"]
    return {
        "users": [
            (i, name, f"{name}@zoe.example", name.title(), password(name), 1, moment(i))
            for i, name in enumerate(names, 1)
        ],
        "user_preferences": [(i, "language", language) for i, language in enumerate(("en", "de", "tr"), 1)],
        "people": [
            (i, 1 + i % 3, name, ("friend", "family", "colleague")[i % 3], day(i), None)
            for i, name in enumerate(PEOPLE, 1)
        ],
        "projects": [(1, 2, "Greenhouse", "open"), (2, 3, "Move house", "done")],
        "notes": [(i, 2 + i % 2, 1 + i % 2, f"Note {i}: water the tomatoes", moment(i)) for i in range(1, 13)],
        "events": [
            (i, 1 + i % 4, f"Event {i}", moment(i), None, ("work", "personal")[i % 2], "private") for i in range(1, 31)
        ],
        "lists": [(1, 2, "Groceries", moment(1)), (2, 3, "Hardware store", moment(2))],
        "list_items": [(i, 1 + i % 2, f"Item {i}", i % 3 == 0, moment(i)) for i in range(1, 21)],
        "journal_entries": [(i, 2, day(i), ("calm", "tired")[i % 2], f"Día {i}: café with Ada") for i in range(1, 11)],
        "reminders": [(i, 1 + i % 3, f"Reminder {i}", moment(i), i % 2) for i in range(1, 15)],
        "notifications": [(i, 2, f"Reminder {i} is due", i % 2, moment(i)) for i in range(1, 8)],
        "chat_sessions": [(1, 2, "Plans for the weekend", moment(3)), (2, 3, None, moment(4))],
        "chat_messages": [
            (i, 1 + i % 2, ("user", "assistant")[i % 2], f"Message {i} 🌱", moment(i)) for i in range(1, 25)
        ],
        "weather_locations": [(2, "Cardiff", 51.48, -3.18), (3, "İzmir", 38.42, 27.14)],
    }


def developer_tasks_rows() -> Rows:
    states = ("pending", "running", "done")
    return {
        # Id 2 is the administrator in zoe.db: every user_id below has to follow its user.
        "users": [(2, "developer", "key-" + digest("developer").hex()[:12], '{"theme": "dark"}')],
        "tasks": [(i, 2, f"Task {i}", 1 + i % 5, states[i % 3], moment(i), None) for i in range(1, 41)],
        "task_executions": [(i, 1 + i % 40, moment(i), i % 4 != 0, f"exit {i % 2}") for i in range(1, 61)],
        "task_dependencies": [(i, i - 1) for i in range(2, 12)],
        "roadmap": [(1, "Foundations", "One database", 0.4), (2, "Voice", "Wake word", 0.1)],
        "alerts": [(i, ("info", "warning", "error")[i % 3], f"Alert {i}", i % 2, moment(i)) for i in range(1, 16)],
        "recovery_actions": [(i, "zoe-core", "restart", i % 2, moment(i)) for i in range(1, 7)],
        "feature_requests": [(i, 2, f"Feature {i}", i * 3 % 7, "new") for i in range(1, 9)],
        "development_metrics": [(day(i), name, i * 1.5) for i in range(10) for name in ("commits", "tests")],
        "schedules": [(1, 3, "0 4 * * *", 1), (2, 5, "*/15 * * * *", 0)],
    }


def memory_rows() -> Rows:
    return {
        "people": [],
        "memory_facts": [(i, "person", 1 + i % 17, f"Fact {i}", 1 + i % 10) for i in range(1, 35)],
        "entity_embeddings": [("person", i, "minilm", vector(i)) for i in range(1, 18)],
        "conversation_episodes": [(1, 2, moment(1), "The garden"), (2, 3, moment(2), None)],
        "conversation_turns": [(i, 1 + i % 2, f"Question {i}", f"Answer {i}") for i in range(1, 11)],
    }


def auth_rows() -> Rows:
    # The same people as in zoe.db under other ids; testuser and system are missing, as the plan complains.
    return {
        "users": [
            (1, "admin", password("admin"), "admin", moment(30)),
            (2, "user", password("user v2"), "user", None),
        ],
        "sessions": [(f"auth-{i:03d}", 1 + i % 2, moment(i), moment(i + 1)) for i in range(1, 7)],
    }


def small_rows() -> dict[str, Rows]:
    """The databases that hold little."""
    return {
        "sessions.db": {
            "sessions": [(f"sess-{i:03d}", 1 + i % 4, "web", 1757000000.5 + i * 60, "{}") for i in range(1, 9)]
        },
        "satisfaction.db": {"feedback": [(i, 1 + i % 4, 1 + i % 5, None, moment(i)) for i in range(1, 12)]},
        "self_awareness.db": {"reflections": [(i, f"Thought {i}", i / 10, moment(i)) for i in range(1, 6)]},
        "learning.db": {
            "interactions": [(i, 1 + i % 4, f"Request {i}", i % 2) for i in range(1, 21)],
            "patterns": [("morning briefing", 12), ("shopping on Friday", 5)],
        },
        "agent_planning.db": {
            "plans": [("plan-a", "Tidy the calendar", "done"), ("plan-b", "Book a dentist", "open")],
            "task_executions": [(i, ("plan-a", "plan-b")[i % 2], i, "planner", None) for i in range(1, 9)],
        },
        "tool_registry.db": {
            "tools": [("calendar.add", "Adds an event", 1), ("shell", "Runs a command", 0)],
            "tool_calls": [(i, "calendar.add", i * 1.25) for i in range(1, 7)],
        },
        "snapshots.db": {"snapshots": [(i, f"nightly-{i}", digest(f"snapshot {i}"), moment(i)) for i in range(1, 4)]},
        "model_performance.db": {
            "performance_metrics": [(i, ("small", "large")[i % 2], 80.5 + i, i * 10, moment(i)) for i in range(1, 16)],
        },
        "context_cache.db": {
            "context_summaries": [(digest(f"context {i}").hex(), f"Summary {i}", moment(i)) for i in range(1, 6)],
        },
        "knowledge.db": {"articles": [("Sourdough", "Feed the starter"), ("Züge", "Der Nachtzug nach Malmö")]},
        "aider_conversations.db": {
            "aider_sessions": [("aider-1", 3, "active"), ("aider-2", None, "closed")],
            "aider_messages": [(i, f"aider-{1 + i % 2}", "user", f"Change {i}") for i in range(1, 9)],
        },
        "performance.db": {
            "performance_metrics": [(moment(i), "cpu", i * 1.1, "%") for i in range(1, 31)],
            "alerts": [("cpu", 90.0), ("memory", 80.0)],
        },
        "vector_search.db": {"vectors": [("task", i, vector(i + 100)) for i in range(1, 6)]},
        "litellm.db": {"spend_logs": [(f"req-{i}", "large", i / 1000) for i in range(1, 6)]},
        "tasks.db": {
            "tasks": [("t-1", "Write the parser", 1)],
            "task_conversations": [("t-1", "aider", "Done"), ("t-1", "aider", "Done")],
        },
    }


LARGE: dict[str, Callable[[], Rows]] = {
    "zoe.db": zoe_rows,
    "developer_tasks.db": developer_tasks_rows,
    "memory.db": memory_rows,
    "auth.db": auth_rows,
}


def create_databases(directory: Path) -> None:
    """Write every database of the estate into `directory`, which is made if need be."""
    directory.mkdir(parents=True, exist_ok=True)
    contents = {name: rows() for name, rows in LARGE.items()} | small_rows()
    for name, schema in SCHEMAS.items():
        path = directory / name
        path.unlink(missing_ok=True)
        _create(path, schema, contents[name])


def _create(path: Path, schema: str, rows: Rows) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(schema)
        for table, values in rows.items():
            for row in values:
                places = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} VALUES ({places})", row)
