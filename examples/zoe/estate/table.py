"""Which Python file of the estate names which database, in which styles. The plan's counts follow from here.

`connect*3` is three places in the style `connect`; `local@home` spells the path as the Raspberry Pi has it.
"""

from __future__ import annotations

from typing import NamedTuple

CORE = "services/zoe-core"
ROUTERS = f"{CORE}/routers"


class File(NamedTuple):
    """A generated module: its docstring, the subjects it is about, and database → styles."""

    path: str
    title: str
    subjects: str
    places: dict[str, str]


def _zoe(path: str, title: str, subjects: str, styles: str, **others: str) -> File:
    return File(path, title, subjects, {"zoe.db": styles} | _databases(others))


def _dev(path: str, title: str, subjects: str, styles: str) -> File:
    return File(path, title, subjects, {"developer_tasks.db": styles})


def _memory(path: str, title: str, subjects: str, styles: str) -> File:
    return File(path, title, subjects, {"memory.db": styles})


def _only(path: str, title: str, **styles: str) -> File:
    """A file about databases that have but one subject."""
    return File(path, title, "", _databases(styles))


def _databases(styles: dict[str, str]) -> dict[str, str]:
    return {f"{stem}.db": names for stem, names in styles.items()}


FILES: tuple[File, ...] = (
    # -- the core's routers: zoe.db, mostly --------------------
    _zoe(f"{ROUTERS}/auth.py", "Accounts and who may log in.", "users", "constant single docstring error"),
    _zoe(
        f"{ROUTERS}/birthday_calendar.py",
        "Birthdays in the calendar.",
        "people events",
        "getenv local connect comment",
    ),
    _zoe(f"{ROUTERS}/birthday_memories.py", "Remembers birthdays.", "people", "getenv connect message"),
    _zoe(f"{ROUTERS}/calendar.py", "The calendar.", "events", "getenv single*2 docstring timeout trailing"),
    _zoe(f"{ROUTERS}/chat.py", "Conversations with Zoe.", "chat", "local*3 prompt connect message"),
    _zoe(f"{ROUTERS}/chat_sessions.py", "Earlier conversations.", "chat", "getenv connect typed url docstring"),
    _zoe(
        f"{ROUTERS}/enhanced_calendar.py",
        "Calendar with sharing.",
        "events",
        "getenv annotated connect comment",
    ),
    _zoe(f"{ROUTERS}/event_permissions.py", "Who sees which event.", "events", "annotated exists single"),
    _zoe(
        f"{ROUTERS}/family.py",
        "The family, and what it shares.",
        "people users",
        "annotated factory connect comment",
    ),
    _zoe(f"{ROUTERS}/journal.py", "The journal.", "journal", "getenv connect*2 docstring error"),
    _zoe(
        f"{ROUTERS}/lists.py",
        "Shopping and other lists.",
        "lists",
        "getenv@home connect*2 fstring@home trailing message",
    ),
    _zoe(f"{ROUTERS}/matrix_integration.py", "A bridge to Matrix rooms.", "chat users", "single*8 comment"),
    _zoe(
        f"{ROUTERS}/memories.py",
        "People and notes, and what Light RAG finds about them.",
        "people notes facts",
        "getenv connect*2 docstring",
        memory="constant call comment",
    ),
    _zoe(f"{ROUTERS}/notifications.py", "The bell.", "notifications", "constant connect setdefault comment"),
    _zoe(f"{ROUTERS}/onboarding.py", "The first evening with Zoe.", "users", "or connect keyword error"),
    _zoe(
        f"{ROUTERS}/proactive_insights.py",
        "Suggestions nobody asked for.",
        "events reminders",
        "constant connect*2",
        learning="connect",
    ),
    _zoe(f"{ROUTERS}/public_memories.py", "Memories for guests, read only.", "people", "connect*2 readonly"),
    _zoe(f"{ROUTERS}/reminders.py", "Reminders.", "reminders", "getenv connect*2 message error"),
    _zoe(f"{ROUTERS}/smart_scheduling.py", "Finds a free hour.", "events", "single*6 docstring"),
    _zoe(f"{ROUTERS}/system.py", "The state of the machine.", "users", "single shell size shell_words system"),
    _zoe(
        f"{ROUTERS}/tasks.py",
        "Projects, and the tasks of the older file.",
        "notes tasks",
        "constant connect*2 docstring",
        developer_tasks="constant comment",
    ),
    _zoe(f"{ROUTERS}/templates.py", "Lists to begin with.", "lists", "getenv connect dataclass"),
    _zoe(
        f"{ROUTERS}/test_memories.py",
        "Memories without signing in: an endpoint, not a test.",
        "people",
        "connect",
    ),
    _zoe(
        f"{ROUTERS}/user_data.py",
        "Everything about one user.",
        "users people",
        "connect*2 copy single comment",
    ),
    _zoe(
        f"{ROUTERS}/weather.py",
        "Température et prévisions : où fait-il 20 °C ?",
        "weather",
        "environ*2 local comment",
    ),
    _zoe(
        f"{ROUTERS}/workflows.py",
        "Things to do in a row.",
        "reminders lists",
        "getenv connect settings keyword_only",
    ),
    _zoe(
        f"{ROUTERS}/vector_search.py",
        "Search by meaning over tasks and lists.",
        "lists tasks",
        "single",
        developer_tasks="single comment",
        vector_search="attribute connect",
    ),
    _zoe(
        f"{ROUTERS}/tool_registry.py",
        "The tools an agent may call.",
        "lists",
        "keyword_only membership",
        tool_registry="constant connect comment",
    ),
    _zoe(
        f"{ROUTERS}/autonomous.py",
        "Zoe works on its own.",
        "reminders tasks",
        "connect message",
        developer_tasks="connect*2 docstring timeout",
    ),
    # -- the core's routers: developer_tasks.db and the small ones --------------------
    _dev(
        f"{ROUTERS}/developer_tasks.py",
        "The developers' tasks.",
        "tasks executions",
        "constant single*9 connect*3 comment docstring exists",
    ),
    _dev(
        f"{ROUTERS}/alert_system.py",
        "Alerts and their levels.",
        "alerts tasks",
        "single*10 comment docstring message error",
    ),
    _dev(
        f"{ROUTERS}/auto_recovery.py",
        "Restarts what fell over.",
        "recovery alerts",
        "single*8 local docstring trailing shell_words",
    ),
    _dev(f"{ROUTERS}/roadmap.py", "Where we are going.", "roadmap tasks", "single*8 comment ternary"),
    _dev(
        f"{ROUTERS}/developer.py",
        "A developer's chat with Zoe.",
        "developers tasks metrics",
        "connect*6 single*3 prompt shell code url",
    ),
    _dev(
        f"{ROUTERS}/ai_task_integration.py",
        "Tasks from a chat.",
        "tasks executions",
        "connect*5 fstring join message",
    ),
    _dev(
        f"{ROUTERS}/task_executor.py",
        "Runs tasks.",
        "executions tasks",
        "attribute connect*4 environ comment",
    ),
    _dev(
        f"{ROUTERS}/developer_tasks_update.py",
        "Changes tasks in bulk.",
        "tasks",
        "connect*2 returned comment",
    ),
    _only(f"{ROUTERS}/agent_planner.py", "Plans of several agents.", agent_planning="constant connect message"),
    _only(f"{ROUTERS}/aider.py", "Pair programming with Aider.", aider_conversations="connect single"),
    _only(f"{ROUTERS}/encrypted_snapshots.py", "Snapshots under a key.", snapshots="attribute connect exists"),
    _only(
        f"{ROUTERS}/performance_trending.py",
        "Curves of the machine.",
        performance="attribute connect docstring",
    ),
    _only(f"{ROUTERS}/self_awareness.py", "What Zoe thinks of itself.", self_awareness="connect"),
    # -- the core's modules --------------------
    _zoe(f"{CORE}/ai_client_enhanced.py", "Talks to the language model.", "chat", "prompt connect message"),
    _zoe(f"{CORE}/enhanced_calendar.py", "The first calendar.", "events", "default@old single@old exists@old"),
    _zoe(f"{CORE}/project_analyzer.py", "Looks at Zoe's own project.", "notes", "connect*2 code size"),
    _zoe(
        f"{CORE}/backup_system.py",
        "Copies before changes.",
        "users",
        "listing copy mapping exists",
        snapshots="connect",
    ),
    _zoe(
        f"{CORE}/user_context.py",
        "What Zoe knows of whoever is speaking.",
        "users developers",
        "connect comment",
        developer_tasks="annotated connect*2 docstring",
    ),
    _dev(
        f"{CORE}/task_scheduler.py",
        "Runs tasks by the clock.",
        "schedules tasks",
        "annotated connect*3 plus format path settings docstring",
    ),
    _dev(
        f"{CORE}/development_metrics.py",
        "How development goes.",
        "metrics tasks",
        "annotated connect*3 slash split timeout comment message",
    ),
    _dev(
        f"{CORE}/feature_request_pipeline.py",
        "From a wish to a task.",
        "features tasks",
        "annotated single*4 factory keyword_only comment error",
    ),
    _dev(
        f"{CORE}/aider_task_integration.py",
        "Gives tasks to Aider.",
        "tasks",
        "attribute call*3 listing connect comment",
    ),
    _dev(
        f"{CORE}/self_test_suite.py",
        "Zoe examines itself.",
        "executions tasks",
        "single*3 exists comparison shell size message",
    ),
    _dev(
        f"{CORE}/add_roadmap_tasks.py",
        "Fills the roadmap, once.",
        "roadmap tasks",
        "single@home argparse@home comment@home path_constant@home docstring@home",
    ),
    _memory(
        f"{CORE}/light_rag_memory.py",
        "Light RAG, search by meaning.",
        "embeddings facts",
        "default docstring comment connect message",
    ),
    _memory(f"{CORE}/memory_system.py", "People as folders.", "acquaintances facts", "default connect docstring"),
    _memory(
        f"{CORE}/temporal_memory.py",
        "Episodes, and how they fade.",
        "episodes",
        "annotated connect comment error",
    ),
    _memory(
        f"{CORE}/temporal_memory_integration.py",
        "Episodes for the chat.",
        "episodes",
        "annotated timeout message",
    ),
    _memory(f"{CORE}/mem_agent_client.py", "Asks the memory agent.", "facts", "call connect"),
    _only(f"{CORE}/session_manager.py", "Web sessions.", sessions="annotated@relative"),
    _only(f"{CORE}/session_config.py", "Settings of the web sessions.", sessions="getenv@relative"),
    _only(f"{CORE}/user_satisfaction.py", "How content people are.", satisfaction="annotated docstring"),
    _only(f"{CORE}/self_awareness.py", "Zoe reflects.", self_awareness="annotated@home"),
    _only(f"{CORE}/learning_system.py", "Learns habits.", learning="attribute connect comment"),
    _only(f"{CORE}/model_config.py", "Which model answers what.", model_performance="annotated comment"),
    _only(f"{CORE}/intelligent_model_manager.py", "Picks a model.", model_performance="annotated connect"),
    _only(f"{CORE}/context_cache.py", "Summaries worth keeping.", context_cache="annotated docstring"),
    _only(f"{CORE}/documentation_loader.py", "Articles to look things up in.", knowledge="connect"),
    _only(
        f"{CORE}/aider_service.py",
        "Runs Aider.",
        aider_conversations="attribute connect comment",
        tasks="attribute message",
    ),
    _only(f"{CORE}/aider_integration.py", "The first bridge to Aider.", aider_conversations="local"),
    # -- the other services --------------------
    _zoe(
        "services/people-service/main.py",
        "The people service.",
        "people acquaintances",
        "getenv inherited connect*2 comment error",
        memory="constant",
    ),
    _zoe(
        "services/collections-service/main.py",
        "The collections service.",
        "lists",
        "getenv connect slash implicit docstring error",
    ),
    _zoe(
        "services/zoe-mcp-server/main.py",
        "Zoe's tools for other assistants.",
        "lists events",
        "mcp_getenv class_attribute connect*2 timeout message",
    ),
    _zoe(
        "services/zoe-mcp-server/simple_server.py",
        "The same tools over HTTP.",
        "people events",
        "local*4 raw error",
    ),
    _memory("services/mem-agent/mem_agent_service.py", "The memory agent.", "facts", "getenv connect comment"),
    _memory(
        "services/mem-agent/enhanced_mem_agent_service.py",
        "The memory agent with experts.",
        "facts episodes",
        "final connect docstring",
    ),
    _zoe(
        "services/mem-agent/reminder_expert.py",
        "An expert on reminders.",
        "reminders",
        "getenv connect docstring",
    ),
    # -- scripts --------------------
    _zoe("scripts/repair lists.py", "Repairs lists.", "lists", "argparse@home connect@home comment@home"),
    _zoe(
        "scripts/permanent/health_report.py",
        "A report by mail.",
        "users",
        "url_fstring shell shell_words readonly unpacked",
    ),
    _memory(
        "scripts/light_rag_benchmarks.py",
        "Times the search.",
        "embeddings",
        "default@home argparse@home comment@home",
    ),
    _memory(
        "scripts/migrate_to_light_rag.py",
        "Fills the embeddings.",
        "embeddings facts",
        "local@home single@home message@home",
    ),
)

# Files that are not UTF-8 with Unix newlines, four spaces and a newline at the end.
PECULIARITIES = {
    f"{ROUTERS}/weather.py": "latin-1",
    f"{ROUTERS}/roadmap.py": "crlf",
    f"{ROUTERS}/onboarding.py": "no final newline",
    f"{CORE}/project_analyzer.py": "tabs",
    "services/zoe-mcp-server/simple_server.py": "bom",
}
