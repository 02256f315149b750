"""What the assistant does with its databases: per database and table, functions with real SQL.

A style (see styles.py) decides how a function spells the path of the database; an operation decides what it does there.
"""
# A line is one operation, and reads best as a line.
# ruff: noqa: E501

from __future__ import annotations

from typing import NamedTuple


class Operation(NamedTuple):
    """One statement on one database. `result` is rows, row, value or write."""

    name: str
    parameters: tuple[str, ...]
    result: str
    summary: str
    sql: str


def _parse(table: str) -> list[Operation]:
    """Read a table of operations: `name(parameters) -> result | summary | sql`, one a line."""
    operations = []
    for line in filter(None, map(str.strip, table.splitlines())):
        signature, summary, sql = (part.strip() for part in line.split(" | ", 2))
        call, result = signature.split(" -> ")
        name, _, parameters = call.rstrip(")").partition("(")
        names = tuple(filter(None, parameters.split(", ")))
        operations.append(Operation(name, names, result, summary, sql))
    return operations


_ZOE = {
    "users": """
        find_user(username) -> row | The user of that name, None if there is none. | SELECT id, username, email, is_active FROM users WHERE username = ?
        active_users() -> rows | Everybody who may log in. | SELECT id, username, display_name FROM users WHERE is_active = 1 ORDER BY username
        rename_user(display_name, user_id) -> write | Change the name that others see. | UPDATE users SET display_name = ? WHERE id = ?
        count_users() -> value | How many users there are. | SELECT COUNT(*) FROM users
        set_preference(user_id, name, value) -> write | Store one preference of a user. | INSERT OR REPLACE INTO user_preferences (user_id, name, value) VALUES (?, ?, ?)
        preferences_of(user_id) -> rows | All preferences of a user. | SELECT name, value FROM user_preferences WHERE user_id = ?
    """,
    "people": """
        list_people(user_id) -> rows | The people a user knows, by name. | SELECT id, name, relationship FROM people WHERE user_id = ? ORDER BY name
        add_person(user_id, name, relationship) -> write | Remember a person. | INSERT INTO people (user_id, name, relationship) VALUES (?, ?, ?)
        birthdays_on(month_and_day) -> rows | Who was born on that day of any year. | SELECT name, birthday FROM people WHERE substr(birthday, 6) = ?
        person_named(name) -> row | Everything about one person. | SELECT * FROM people WHERE name = ?
        annotate_person(notes, person_id) -> write | Replace the notes about a person. | UPDATE people SET notes = ? WHERE id = ?
        relationships() -> rows | How many people there are per relationship. | SELECT relationship, COUNT(*) FROM people GROUP BY relationship
        forget_person(person_id) -> write | Delete a person. | DELETE FROM people WHERE id = ?
        count_people(user_id) -> value | How many people a user knows. | SELECT COUNT(*) FROM people WHERE user_id = ?
    """,
    "notes": """
        recent_notes(user_id) -> rows | The ten newest notes. | SELECT id, body FROM notes WHERE user_id = ? ORDER BY created_at DESC LIMIT 10
        search_notes(pattern) -> rows | Notes that contain a pattern. | SELECT id, body FROM notes WHERE body LIKE ?
        add_note(user_id, body, created_at) -> write | Write a note. | INSERT INTO notes (user_id, body, created_at) VALUES (?, ?, ?)
        open_projects(user_id) -> rows | Projects that are not done. | SELECT id, title FROM projects WHERE user_id = ? AND status = 'open'
        close_project(project_id) -> write | Mark a project as done. | UPDATE projects SET status = 'done' WHERE id = ?
        notes_of_project(project_id) -> rows | A project's notes, with its title. | SELECT projects.title, notes.body FROM notes JOIN projects ON projects.id = notes.project_id WHERE projects.id = ?
    """,
    "events": """
        events_of(user_id) -> rows | A user's calendar. | SELECT id, title, starts_at FROM events WHERE user_id = ? ORDER BY starts_at
        add_event(user_id, title, starts_at) -> write | Put an event into the calendar. | INSERT INTO events (user_id, title, starts_at) VALUES (?, ?, ?)
        events_between(start, end) -> rows | Events that start in a period. | SELECT id, title FROM events WHERE starts_at >= ? AND starts_at < ?
        move_event(starts_at, event_id) -> write | Give an event another time. | UPDATE events SET starts_at = ? WHERE id = ?
        upcoming() -> rows | What everybody has before them. | SELECT username, title, starts_at FROM upcoming_events ORDER BY starts_at LIMIT 20
        events_per_category(user_id) -> rows | How a user's time is spent. | SELECT category, COUNT(*) FROM events WHERE user_id = ? GROUP BY category
        share_event(visibility, event_id) -> write | Decide who sees an event. | UPDATE events SET visibility = ? WHERE id = ?
        visibility_of(event_id) -> value | Who sees an event. | SELECT visibility FROM events WHERE id = ?
        cancel_event(event_id) -> write | Remove an event. | DELETE FROM events WHERE id = ?
        busiest_day(user_id) -> row | The day with the most events. | SELECT date(starts_at) AS day, COUNT(*) AS total FROM events WHERE user_id = ? GROUP BY day ORDER BY total DESC LIMIT 1
    """,
    "lists": """
        lists_of(user_id) -> rows | A user's lists. | SELECT id, name, updated_at FROM lists WHERE user_id = ?
        open_items(list_id) -> rows | What is still to be bought or done. | SELECT id, text FROM list_items WHERE list_id = ? AND done = 0
        add_item(list_id, text, added_at) -> write | Add a line to a list. | INSERT INTO list_items (list_id, text, added_at) VALUES (?, ?, ?)
        tick_item(item_id) -> write | Tick a line off. | UPDATE list_items SET done = 1 WHERE id = ?
        create_list(user_id, name, updated_at) -> write | Start a list. | INSERT INTO lists (user_id, name, updated_at) VALUES (?, ?, ?)
        progress_of(list_id) -> row | Done lines and all lines of a list. | SELECT SUM(done), COUNT(*) FROM list_items WHERE list_id = ?
        drop_list(list_id) -> write | Delete a list with its lines. | DELETE FROM lists WHERE id = ?
        rename_list(name, list_id) -> write | Give a list another name. | UPDATE lists SET name = ? WHERE id = ?
    """,
    "journal": """
        entries_of(user_id) -> rows | A user's journal, newest first. | SELECT entry_date, mood, body FROM journal_entries WHERE user_id = ? ORDER BY entry_date DESC
        write_entry(user_id, entry_date, body) -> write | Write into the journal. | INSERT INTO journal_entries (user_id, entry_date, body) VALUES (?, ?, ?)
        moods(user_id) -> rows | How often each mood occurs. | SELECT mood, COUNT(*) FROM journal_entries WHERE user_id = ? GROUP BY mood
        entry_on(user_id, entry_date) -> row | The entry of one day. | SELECT mood, body FROM journal_entries WHERE user_id = ? AND entry_date = ?
        last_entry_date(user_id) -> value | When a user last wrote. | SELECT MAX(entry_date) FROM journal_entries WHERE user_id = ?
    """,
    "reminders": """
        due_reminders(now) -> rows | Reminders whose time has come. | SELECT id, user_id, text FROM reminders WHERE done = 0 AND due_at <= ?
        add_reminder(user_id, text, due_at) -> write | Set a reminder. | INSERT INTO reminders (user_id, text, due_at) VALUES (?, ?, ?)
        finish_reminder(reminder_id) -> write | Mark a reminder as done. | UPDATE reminders SET done = 1 WHERE id = ?
        snooze_reminder(due_at, reminder_id) -> write | Put a reminder off. | UPDATE reminders SET due_at = ? WHERE id = ?
        next_reminder(user_id) -> row | The next open reminder of a user. | SELECT id, text, due_at FROM reminders WHERE user_id = ? AND done = 0 ORDER BY due_at LIMIT 1
    """,
    "notifications": """
        unread_notifications(user_id) -> rows | What a user has not seen yet. | SELECT id, message FROM notifications WHERE user_id = ? AND is_read = 0
        notify(user_id, message, created_at) -> write | Leave a message for a user. | INSERT INTO notifications (user_id, message, created_at) VALUES (?, ?, ?)
        mark_read(notification_id) -> write | A user has seen a message. | UPDATE notifications SET is_read = 1 WHERE id = ?
        count_unread(user_id) -> value | The number on the bell. | SELECT COUNT(*) FROM notifications WHERE user_id = ? AND is_read = 0
        purge_notifications(before) -> write | Delete old messages. | DELETE FROM notifications WHERE created_at < ?
    """,
    "chat": """
        chats_of(user_id) -> rows | A user's conversations. | SELECT id, title, started_at FROM chat_sessions WHERE user_id = ?
        open_chat(user_id, title, started_at) -> write | Start a conversation. | INSERT INTO chat_sessions (user_id, title, started_at) VALUES (?, ?, ?)
        messages_in(session_id) -> rows | The messages of a conversation, in order. | SELECT role, content FROM chat_messages WHERE session_id = ? ORDER BY sent_at
        say(session_id, role, content, sent_at) -> write | Append a message. | INSERT INTO chat_messages (session_id, role, content, sent_at) VALUES (?, ?, ?, ?)
        chat_statistics() -> rows | Messages per user. | SELECT users.username, COUNT(*) FROM chat_messages JOIN chat_sessions ON chat_sessions.id = session_id JOIN users ON users.id = chat_sessions.user_id GROUP BY users.username
        last_message(session_id) -> row | The newest message of a conversation. | SELECT role, content FROM chat_messages WHERE session_id = ? ORDER BY sent_at DESC LIMIT 1
    """,
    "weather": """
        location_of(user_id) -> row | Where a user lives. | SELECT city, latitude, longitude FROM weather_locations WHERE user_id = ?
        set_location(user_id, city) -> write | Remember a user's city. | INSERT OR REPLACE INTO weather_locations (user_id, city) VALUES (?, ?)
        known_cities() -> rows | All cities that need a forecast. | SELECT DISTINCT city FROM weather_locations ORDER BY city
        users_in(city) -> value | How many users live in a city. | SELECT COUNT(*) FROM weather_locations WHERE city = ?
    """,
}

_DEVELOPER_TASKS = {
    "tasks": """
        pending_tasks() -> rows | Tasks nobody has begun, most urgent first. | SELECT id, title, priority FROM tasks WHERE status = 'pending' ORDER BY priority
        add_task(user_id, title, created_at) -> write | Put a task on the pile. | INSERT INTO tasks (user_id, title, created_at) VALUES (?, ?, ?)
        task_by_id(task_id) -> row | One task. | SELECT id, title, status, priority FROM tasks WHERE id = ?
        start_task(task_id) -> write | A task is being worked on. | UPDATE tasks SET status = 'running' WHERE id = ?
        finish_task(finished_at, task_id) -> write | A task is done. | UPDATE tasks SET status = 'done', finished_at = ? WHERE id = ?
        tasks_per_status() -> rows | How many tasks are in which state. | SELECT status, COUNT(*) FROM tasks GROUP BY status
        reprioritise(priority, task_id) -> write | Change how urgent a task is. | UPDATE tasks SET priority = ? WHERE id = ?
        delete_task(task_id) -> write | Delete a task and its executions. | DELETE FROM tasks WHERE id = ?
        tasks_assigned_to(username) -> rows | The tasks of one developer. | SELECT tasks.id, tasks.title FROM tasks JOIN users ON users.id = tasks.user_id WHERE users.username = ?
        count_pending() -> value | How long the pile is. | SELECT COUNT(*) FROM tasks WHERE status = 'pending'
        blocked_tasks() -> rows | Tasks that wait for an unfinished one. | SELECT DISTINCT task_id FROM task_dependencies JOIN tasks ON tasks.id = needs_id WHERE tasks.status <> 'done'
        add_dependency(task_id, needs_id) -> write | One task needs another. | INSERT INTO task_dependencies (task_id, needs_id) VALUES (?, ?)
        retitle_task(title, task_id) -> write | Rename a task. | UPDATE tasks SET title = ? WHERE id = ?
        oldest_pending() -> row | The task that has waited longest. | SELECT id, title, created_at FROM tasks WHERE status = 'pending' ORDER BY created_at LIMIT 1
    """,
    "executions": """
        executions_of(task_id) -> rows | Every attempt at a task. | SELECT started_at, succeeded FROM task_executions WHERE task_id = ? ORDER BY id
        record_execution(task_id, started_at, succeeded) -> write | Note an attempt. | INSERT INTO task_executions (task_id, started_at, succeeded) VALUES (?, ?, ?)
        success_rate() -> value | The share of attempts that went well. | SELECT AVG(succeeded) FROM task_executions
        last_output(task_id) -> value | What the last attempt printed. | SELECT output FROM task_executions WHERE task_id = ? ORDER BY id DESC LIMIT 1
        failed_executions() -> rows | Attempts that went wrong, with the task's title. | SELECT tasks.title, task_executions.output FROM task_executions JOIN tasks ON tasks.id = task_id WHERE succeeded = 0
        prune_executions(before) -> write | Forget old attempts. | DELETE FROM task_executions WHERE started_at < ?
    """,
    "roadmap": """
        roadmap_phases() -> rows | The roadmap. | SELECT phase, goal, progress FROM roadmap ORDER BY id
        set_progress(progress, phase) -> write | Move a phase forward. | UPDATE roadmap SET progress = ? WHERE phase = ?
        add_phase(phase, goal) -> write | Extend the roadmap. | INSERT INTO roadmap (phase, goal) VALUES (?, ?)
        overall_progress() -> value | How far we are, between 0 and 1. | SELECT AVG(progress) FROM roadmap
        phase_named(phase) -> row | One phase. | SELECT goal, progress FROM roadmap WHERE phase = ?
        drop_phase(phase) -> write | Shorten the roadmap. | DELETE FROM roadmap WHERE phase = ?
    """,
    "alerts": """
        open_alerts() -> rows | Alerts nobody has looked at. | SELECT id, level, message FROM alerts WHERE acknowledged = 0 ORDER BY raised_at DESC
        raise_alert(level, message, raised_at) -> write | Call for attention. | INSERT INTO alerts (level, message, raised_at) VALUES (?, ?, ?)
        acknowledge(alert_id) -> write | Somebody takes care. | UPDATE alerts SET acknowledged = 1 WHERE id = ?
        alerts_per_level() -> rows | Alerts by level. | SELECT level, COUNT(*) FROM alerts GROUP BY level
        count_errors() -> value | How many errors are open. | SELECT COUNT(*) FROM alerts WHERE level = 'error' AND acknowledged = 0
        clear_alerts(before) -> write | Forget old alerts. | DELETE FROM alerts WHERE raised_at < ?
        last_alert() -> row | The newest alert. | SELECT level, message FROM alerts ORDER BY raised_at DESC LIMIT 1
    """,
    "recovery": """
        recent_recoveries() -> rows | What was repaired lately. | SELECT service, action, succeeded FROM recovery_actions ORDER BY taken_at DESC LIMIT 20
        record_recovery(service, action, succeeded, taken_at) -> write | Note a repair. | INSERT INTO recovery_actions (service, action, succeeded, taken_at) VALUES (?, ?, ?, ?)
        recoveries_of(service) -> rows | The repairs of one service. | SELECT action, taken_at FROM recovery_actions WHERE service = ?
        failed_recoveries() -> value | How many repairs did not help. | SELECT COUNT(*) FROM recovery_actions WHERE succeeded = 0
        most_repaired() -> row | The service that breaks most often. | SELECT service, COUNT(*) AS total FROM recovery_actions GROUP BY service ORDER BY total DESC LIMIT 1
    """,
    "features": """
        new_features() -> rows | Wishes nobody has answered. | SELECT id, title, votes FROM feature_requests WHERE state = 'new' ORDER BY votes DESC
        request_feature(user_id, title) -> write | Make a wish. | INSERT INTO feature_requests (user_id, title) VALUES (?, ?)
        vote(feature_id) -> write | Support a wish. | UPDATE feature_requests SET votes = votes + 1 WHERE id = ?
        accept_feature(feature_id) -> write | Promise a wish. | UPDATE feature_requests SET state = 'accepted' WHERE id = ?
        feature_by_id(feature_id) -> row | One wish. | SELECT title, votes, state FROM feature_requests WHERE id = ?
        votes_in_total() -> value | How many votes were cast. | SELECT SUM(votes) FROM feature_requests
    """,
    "metrics": """
        metrics_on(day) -> rows | What was measured on a day. | SELECT name, value FROM development_metrics WHERE day = ?
        record_metric(day, name, value) -> write | Note a measurement. | INSERT OR REPLACE INTO development_metrics (day, name, value) VALUES (?, ?, ?)
        average_of(name) -> value | The mean of a metric. | SELECT AVG(value) FROM development_metrics WHERE name = ?
        best_day(name) -> row | The day on which a metric was highest. | SELECT day, value FROM development_metrics WHERE name = ? ORDER BY value DESC LIMIT 1
        metric_names() -> rows | What is measured. | SELECT DISTINCT name FROM development_metrics
    """,
    "schedules": """
        enabled_schedules() -> rows | What runs by itself. | SELECT schedules.id, cron, title FROM schedules JOIN tasks ON tasks.id = task_id WHERE enabled = 1
        schedule_task(task_id, cron) -> write | Run a task regularly. | INSERT INTO schedules (task_id, cron) VALUES (?, ?)
        disable_schedule(schedule_id) -> write | Stop running a task. | UPDATE schedules SET enabled = 0 WHERE id = ?
        schedules_of(task_id) -> rows | When a task runs. | SELECT cron, enabled FROM schedules WHERE task_id = ?
        count_schedules() -> value | How many schedules there are. | SELECT COUNT(*) FROM schedules
    """,
    "developers": """
        developer_named(username) -> row | A developer's account. | SELECT id, username, api_key, settings FROM users WHERE username = ?
        save_settings(settings, username) -> write | Store a developer's settings. | UPDATE users SET settings = ? WHERE username = ?
        workload() -> rows | Open tasks per developer. | SELECT username, COUNT(*) FROM users JOIN tasks ON tasks.user_id = users.id WHERE status <> 'done' GROUP BY username
        rotate_key(api_key, username) -> write | Give a developer a new key. | UPDATE users SET api_key = ? WHERE username = ?
    """,
}

_MEMORY = {
    "facts": """
        facts_about(entity_type, entity_id) -> rows | What is known about something. | SELECT fact, importance FROM memory_facts WHERE entity_type = ? AND entity_id = ?
        remember(entity_type, entity_id, fact) -> write | Keep a fact. | INSERT INTO memory_facts (entity_type, entity_id, fact) VALUES (?, ?, ?)
        search_facts(pattern) -> rows | Facts that contain a pattern, important ones first. | SELECT id, fact FROM memory_facts WHERE fact LIKE ? ORDER BY importance DESC
        forget_below(importance) -> write | Drop what hardly matters. | DELETE FROM memory_facts WHERE importance < ?
        count_facts() -> value | How much is remembered. | SELECT COUNT(*) FROM memory_facts
    """,
    "embeddings": """
        embedding_of(entity_type, entity_id) -> value | The vector of something, as bytes. | SELECT vector FROM entity_embeddings WHERE entity_type = ? AND entity_id = ?
        store_embedding(entity_type, entity_id, model, vector) -> write | Keep a vector. | INSERT OR REPLACE INTO entity_embeddings (entity_type, entity_id, model, vector) VALUES (?, ?, ?, ?)
        all_embeddings(model) -> rows | Every vector of a model. | SELECT entity_type, entity_id, vector FROM entity_embeddings WHERE model = ?
        bytes_of_embeddings() -> value | How much room the vectors take. | SELECT SUM(length(vector)) FROM entity_embeddings
    """,
    "episodes": """
        open_episode(user_id, started_at) -> write | A conversation begins. | INSERT INTO conversation_episodes (user_id, started_at) VALUES (?, ?)
        episodes_of(user_id) -> rows | A user's earlier conversations. | SELECT id, started_at, summary FROM conversation_episodes WHERE user_id = ?
        add_turn(episode_id, message, reply) -> write | Keep a question and its answer. | INSERT INTO conversation_turns (episode_id, message, reply) VALUES (?, ?, ?)
        turns_of(episode_id) -> rows | What was said in an episode. | SELECT message, reply FROM conversation_turns WHERE episode_id = ? ORDER BY id
        summarise(summary, episode_id) -> write | Keep the gist of an episode. | UPDATE conversation_episodes SET summary = ? WHERE id = ?
    """,
    "acquaintances": """
        profile_of(name) -> value | The profile of a person. | SELECT profile FROM people WHERE name = ?
        remember_person(name, folder) -> write | Make a folder's person known. | INSERT OR IGNORE INTO people (name, folder) VALUES (?, ?)
        known_people() -> rows | Everybody with a profile. | SELECT id, name FROM people ORDER BY name
    """,
}

_SMALL = {
    "sessions.db": """
        session_by_id(session_id) -> row | One web session. | SELECT user_id, kind, last_activity FROM sessions WHERE session_id = ?
        touch_session(last_activity, session_id) -> write | A session was used. | UPDATE sessions SET last_activity = ? WHERE session_id = ?
        expire_sessions(before) -> write | End idle sessions. | DELETE FROM sessions WHERE last_activity < ?
    """,
    "satisfaction.db": """
        average_rating() -> value | How content the users are. | SELECT AVG(rating) FROM feedback
        give_feedback(user_id, rating, given_at) -> write | Keep a rating. | INSERT INTO feedback (user_id, rating, given_at) VALUES (?, ?, ?)
        ratings_of(user_id) -> rows | A user's ratings. | SELECT rating, given_at FROM feedback WHERE user_id = ?
    """,
    "self_awareness.db": """
        reflect(thought, confidence, made_at) -> write | Keep a thought. | INSERT INTO reflections (thought, confidence, made_at) VALUES (?, ?, ?)
        confident_thoughts(confidence) -> rows | Thoughts held firmly. | SELECT thought FROM reflections WHERE confidence >= ?
        last_thought() -> row | The newest thought. | SELECT thought, made_at FROM reflections ORDER BY made_at DESC LIMIT 1
    """,
    "learning.db": """
        record_interaction(user_id, request, success) -> write | Learn from a request. | INSERT INTO interactions (user_id, request, success) VALUES (?, ?, ?)
        known_patterns() -> rows | Habits, the firmest first. | SELECT name, occurrences FROM patterns ORDER BY occurrences DESC
        strengthen(name) -> write | A habit was seen again. | UPDATE patterns SET occurrences = occurrences + 1 WHERE name = ?
        learned_success_rate() -> value | The share of requests that went well. | SELECT AVG(success) FROM interactions
    """,
    "agent_planning.db": """
        open_plans() -> rows | Plans that are not finished. | SELECT id, goal FROM plans WHERE state <> 'done'
        record_step(plan_id, step, agent) -> write | An agent takes a step. | INSERT INTO task_executions (plan_id, step, agent) VALUES (?, ?, ?)
        steps_of(plan_id) -> rows | The steps of a plan. | SELECT step, agent, result FROM task_executions WHERE plan_id = ? ORDER BY step
        close_plan(plan_id) -> write | A plan is finished. | UPDATE plans SET state = 'done' WHERE id = ?
    """,
    "tool_registry.db": """
        enabled_tools() -> rows | Tools the agent may use. | SELECT name, description FROM tools WHERE enabled = 1
        register_tool(name, description) -> write | Make a tool known. | INSERT OR REPLACE INTO tools (name, description) VALUES (?, ?)
        record_call(tool, duration_ms) -> write | A tool was used. | INSERT INTO tool_calls (tool, duration_ms) VALUES (?, ?)
        slowest_tool() -> row | The tool that takes longest. | SELECT tool, MAX(duration_ms) FROM tool_calls
    """,
    "snapshots.db": """
        snapshots_taken() -> rows | The snapshots, newest first. | SELECT label, taken_at FROM snapshots ORDER BY taken_at DESC
        keep_snapshot(label, digest, taken_at) -> write | Note a snapshot. | INSERT INTO snapshots (label, digest, taken_at) VALUES (?, ?, ?)
        snapshot_digest(label) -> value | The checksum of a snapshot. | SELECT digest FROM snapshots WHERE label = ?
        drop_snapshot(label) -> write | Forget a snapshot. | DELETE FROM snapshots WHERE label = ?
    """,
    "model_performance.db": """
        latency_of(model) -> value | A model's mean latency in milliseconds. | SELECT AVG(latency_ms) FROM performance_metrics WHERE model = ?
        measure(model, latency_ms, measured_at) -> write | Note one answer's latency. | INSERT INTO performance_metrics (model, latency_ms, measured_at) VALUES (?, ?, ?)
        fastest_model() -> row | The model that answers soonest. | SELECT model, AVG(latency_ms) AS mean FROM performance_metrics GROUP BY model ORDER BY mean LIMIT 1
        latest_measurement() -> row | The newest measurement, as it lies there. | SELECT * FROM performance_metrics ORDER BY measured_at DESC LIMIT 1
    """,
    "context_cache.db": """
        cached_summary(digest) -> row | A summary made earlier. | SELECT summary FROM context_summaries WHERE digest = ?
        cache_summary(digest, summary, used_at) -> write | Keep a summary. | INSERT OR REPLACE INTO context_summaries (digest, summary, used_at) VALUES (?, ?, ?)
        evict_summaries(before) -> write | Drop summaries nobody used. | DELETE FROM context_summaries WHERE used_at < ?
    """,
    "knowledge.db": """
        search_articles(words) -> rows | Articles that match, best first. | SELECT title, snippet(articles, 1, '[', ']', '…', 8) FROM articles WHERE articles MATCH ? ORDER BY rank
        add_article(title, body) -> write | Add an article. | INSERT INTO articles (title, body) VALUES (?, ?)
    """,
    "aider_conversations.db": """
        active_aider_sessions() -> rows | Pair-programming sessions that run. | SELECT id, task_id FROM aider_sessions WHERE status = 'active'
        aider_messages_in(session_id) -> rows | What was said in a session. | SELECT role, content FROM aider_messages WHERE session_id = ? ORDER BY id
        tell_aider(session_id, role, content) -> write | Append a message. | INSERT INTO aider_messages (session_id, role, content) VALUES (?, ?, ?)
        close_aider_session(session_id) -> write | End a session. | UPDATE aider_sessions SET status = 'closed' WHERE id = ?
    """,
    "performance.db": """
        samples_of(metric) -> rows | The curve of a metric. | SELECT sampled_at, value FROM performance_metrics WHERE metric = ? ORDER BY sampled_at
        sample(sampled_at, metric, value) -> write | Note a sample. | INSERT INTO performance_metrics (sampled_at, metric, value) VALUES (?, ?, ?)
        exceeded_thresholds() -> rows | Metrics above their limit. | SELECT DISTINCT metric FROM performance_metrics JOIN alerts USING (metric) WHERE value > threshold
        peak_of(metric) -> value | The highest sample. | SELECT MAX(value) FROM performance_metrics WHERE metric = ?
    """,
    "vector_search.db": """
        vectors_of(source) -> rows | Every vector of a source. | SELECT source_id, vector FROM vectors WHERE source = ?
        index_vector(source, source_id, vector) -> write | Add to the index. | INSERT INTO vectors (source, source_id, vector) VALUES (?, ?, ?)
        drop_vectors(source) -> write | Remove a source from the index. | DELETE FROM vectors WHERE source = ?
    """,
    "tasks.db": """
        aider_task(task_id) -> row | A task handed to Aider. | SELECT description, code_generated FROM tasks WHERE id = ?
        mark_generated(task_id) -> write | Aider wrote the code of a task. | UPDATE tasks SET code_generated = 1 WHERE id = ?
        log_progress(task_id, role, message) -> write | Note what Aider said. | INSERT INTO task_conversations (task_id, role, message) VALUES (?, ?, ?)
    """,
}

# database → subject → operations; a file of the estate names the subjects it is about.
OPERATIONS: dict[str, dict[str, list[Operation]]] = {
    "zoe.db": {subject: _parse(table) for subject, table in _ZOE.items()},
    "developer_tasks.db": {subject: _parse(table) for subject, table in _DEVELOPER_TASKS.items()},
    "memory.db": {subject: _parse(table) for subject, table in _MEMORY.items()},
    **{database: {database.removesuffix(".db"): _parse(table)} for database, table in _SMALL.items()},
}
