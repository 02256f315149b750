"""Everything of the estate that is not Python: compose file, Dockerfiles, scripts, documentation."""

from __future__ import annotations

COMPOSE = """\
# Zoe at home: one directory of databases, mounted into every service.
services:
  zoe-core:
    build: ./services/zoe-core
    container_name: zoe-core
    restart: unless-stopped
    ports:
      - "8000:8000"
    volumes:
      - ./data:/app/data
    environment:
      - PYTHONUNBUFFERED=1
      - DATABASE_PATH=/app/data/zoe.db

  zoe-auth:
    build: ./services/zoe-auth
    volumes:
      - ./data:/app/data

  zoe-mcp-server:
    build: ./services/zoe-mcp-server
    volumes:
      - ./data:/app/data
    environment:
      - ZOE_DB_PATH=/app/data/zoe.db
      - ZOE_API_URL=http://zoe-core:8000
    healthcheck:
      test:
        - CMD
        - python
        - -c
        - "import sqlite3; conn = sqlite3.connect('/app/data/zoe.db'); conn.close()"
      interval: 30s

  people-service:
    build: ./services/people-service
    volumes:
      - ./data:/app/data
    environment:
      DATABASE_PATH: /app/data/zoe.db

  collections-service:
    build: ./services/collections-service
    volumes:
      - ./data:/app/data
    environment:
      DATABASE_PATH: "/app/data/zoe.db"

  mem-agent:
    build: ./services/mem-agent
    volumes:
      - ./data:/app/data
"""

DOCKERFILE = """\
FROM python:3.11-slim
WORKDIR /app
{environment}COPY {files} ./
RUN mkdir -p /app/data
EXPOSE {port}
{healthcheck}CMD ["python", "{command}"]
"""

HEALTHCHECK = """\
HEALTHCHECK --interval=30s --timeout=10s --retries=3 \\
    CMD python -c "import sqlite3; sqlite3.connect('{path}').close()" || exit 1
"""

# One instruction for each file: whoever adds a module has to add a line here.
MEM_AGENT_DOCKERFILE = """\
FROM python:3.11-slim
WORKDIR /app
COPY mem_agent_service.py .
COPY enhanced_mem_agent_service.py .
COPY reminder_expert.py .
RUN mkdir -p /app/data
EXPOSE 11435
CMD ["python", "enhanced_mem_agent_service.py"]
"""

GITIGNORE = """\
# Databases
data/*.db
data/*.db-wal
data/*.db-shm
data/litellm.db
data/backup/

# Operating systems
.DS_Store
Thumbs.db

__pycache__/
*.pyc
.env
"""

ENVIRONMENT = """\
# Copy to .env
ZOE_NAME=Zoe
DATABASE_PATH=/app/data/zoe.db
TZ=Europe/London
"""

LITELLM = """\
model_list:
  - model_name: small
    litellm_params:
      model: ollama/small
general_settings:
  # LiteLLM creates litellm.db at its first start.
  database_url: "sqlite:////app/data/litellm.db"
"""

README = """\
# Zoe

An assistant at home. Everything it knows stays on a Raspberry Pi, in `data/`.

    docker compose up -d

| file | content |
|---|---|
| `data/zoe.db` | people, calendar, lists, journal |
| `data/memory.db` | what Light RAG remembers |

Settings are environment variables: `DATABASE_PATH` (default `/app/data/zoe.db`) and those in `.env.example`.
A look inside: `sqlite3 data/zoe.db .tables`
"""

ARCHITECTURE = """\
# Architecture

Every service is a container of its own and sees the same directory, `/app/data`.

- **zoe-core** answers requests. It owns `zoe.db`; the developers' tasks are in `developer_tasks.db`.
- **zoe-auth** signs people in.
- **people-service** and **collections-service** read and write `/app/data/zoe.db`, too.
- **mem-agent** searches `memory.db`.

## Memory

Light RAG keeps embeddings in `/app/data/memory.db`. They are large, and nothing else is queried by meaning;
that is why `memory.db` and `zoe.db` are two files.
"""

MAINTENANCE = """\
# Maintenance

Check a database, and give free pages back:

    sqlite3 /home/pi/zoe/data/zoe.db "PRAGMA integrity_check"
    sqlite3 /home/pi/zoe/data/zoe.db VACUUM
    sqlite3 /home/pi/zoe/data/developer_tasks.db VACUUM

Inside a container the path is `/app/data/zoe.db`. Never delete `zoe.db` to "start again": restore a backup.
`scripts/backup.sh` makes one, and whatever ends in `.db` belongs into it (`data/*.db`).
"""

BACKUP = """\
#!/bin/sh
# Copies the databases while Zoe runs. zoe.db first: the others can be rebuilt.
set -eu
target="${1:-data/backup}"
mkdir -p "$target"
sqlite3 data/zoe.db ".backup '$target/zoe-main'"
if [ -f data/developer_tasks.db ]; then
    sqlite3 data/developer_tasks.db ".backup '$target/developer-tasks'"
fi
test -s "$target/zoe-main" || echo "zoe.db was not copied" >&2
"""

STOP = "#!/bin/sh\nexec docker compose stop\n"
START = "#!/bin/sh\nexec docker compose up -d\n"


def dockerfile(port: int, command: str, variable: str = "", path: str = "", checked: bool = False) -> str:
    """A Dockerfile that copies its whole directory; with a variable for the database, or a health check."""
    return DOCKERFILE.format(
        environment=f"ENV {variable}={path}\n" if variable else "",
        files=".",
        port=port,
        healthcheck=HEALTHCHECK.format(path=path) if checked else "",
        command=command,
    )


CONFIGURATION: dict[str, str] = {
    "docker-compose.yml": COMPOSE,
    "services/zoe-core/Dockerfile": dockerfile(8000, "main.py", "DATABASE_PATH", "/app/data/zoe.db"),
    "services/zoe-auth/Dockerfile": dockerfile(8002, "simple_main.py", "AUTH_DATABASE", "/app/data/auth.db", True),
    "services/zoe-mcp-server/Dockerfile": dockerfile(8003, "main.py", "ZOE_DB_PATH", "/app/data/zoe.db", True),
    "services/people-service/Dockerfile": dockerfile(8001, "main.py"),
    "services/collections-service/Dockerfile": dockerfile(8005, "main.py"),
    "services/mem-agent/Dockerfile": MEM_AGENT_DOCKERFILE,
    ".gitignore": GITIGNORE,
    ".env.example": ENVIRONMENT,
    "config/litellm_config.yaml": LITELLM,
    "README.md": README,
    "docs/ARCHITECTURE.md": ARCHITECTURE,
    "docs/MAINTENANCE.md": MAINTENANCE,
    "scripts/backup.sh": BACKUP,
    "stop-zoe.sh": STOP,
    "start-zoe.sh": START,
}
