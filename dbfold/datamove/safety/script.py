"""`scripts/rollback_database.sh`: the rollback for the night when Python is broken.

It needs a shell, cp, mv and sha256sum, uses sqlite3 and fuser where they are, and reads what `backup.py` writes.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.datamove.safety.backup import ABSENT, CHECKSUMS, MANIFEST
from dbfold.datamove.sources.estate import BACKUP_DIRECTORY
from dbfold.policy.model import Policy

DEFAULT_PATH = Path("scripts") / "rollback_database.sh"


def write_script(policy: Policy, directory: Path | None = None, output: Path | None = None) -> Path:
    """Write the script and make it executable; returns its path. Raises UserError."""
    path = (output or policy.root / DEFAULT_PATH).absolute()
    text = script_text(policy, directory, Path(os.path.relpath(policy.root, path.parent)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); name another file with --output") from None
    return path


def script_text(policy: Policy, directory: Path | None, root: Path) -> str:
    """The script. `root` leads from the script's directory to the policy's."""
    candidates = [str(directory)] if directory else [str(Path(policy.primary.path or "").parent), *policy.data_dirs]
    services = policy.services
    values = {
        "@POLICY@": policy.source.name,
        "@ROOT@": shlex.quote(str(root)),
        "@CANDIDATES@": " ".join(shlex.quote(candidate) for candidate in candidates),
        "@BACKUPS@": BACKUP_DIRECTORY,
        "@KEPT@": "\n".join(entry.name for entry in policy.kept),
        "@STOP@": f"sh -c {shlex.quote(services.stop)}" if services.stop else ":",
        "@START@": f"sh -c {shlex.quote(services.start)}" if services.start else ":",
        "@HEALTH@": "\n".join(f"check {shlex.quote(command)}" for command in services.health) or ":",
        "@MANIFEST@": MANIFEST,
        "@CHECKSUMS@": CHECKSUMS,
        "@ABSENT@": ABSENT,
    }
    text = _SCRIPT
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


_SCRIPT = r"""#!/bin/sh
# Restores the databases from a backup that `dbfold move` made. Made from @POLICY@ by `dbfold move script`.
#
#     rollback_database.sh [BACKUP]        default: the backup of the last move
#
# DATA_DIR=... names another data directory. What is there now is kept beside the backups. If this is interrupted, run
# it again: only then everything is as it was.
set -eu

cd "$(dirname "$0")"/@ROOT@

say() { printf '%s\n' "$*"; }
die() { printf 'rollback: %s\n' "$*" >&2; exit 2; }

if [ -z "${DATA_DIR:-}" ]; then
    for candidate in @CANDIDATES@; do
        if [ -d "$candidate" ]; then DATA_DIR=$candidate; break; fi
    done
fi
[ -d "${DATA_DIR:-}" ] || die "no data directory; name it: DATA_DIR=... $0"
DATA_DIR=$(cd "$DATA_DIR" && pwd)

backup=${1:-}
if [ -z "$backup" ]; then
    for candidate in "$DATA_DIR"/@BACKUPS@/dbfold-*/; do
        if grep -q '"kind": "move"' "${candidate}@MANIFEST@" 2>/dev/null; then backup=${candidate%/}; fi
    done
elif [ -d "$DATA_DIR/@BACKUPS@/$backup" ]; then
    backup=$DATA_DIR/@BACKUPS@/$backup
fi
[ -f "$backup/@CHECKSUMS@" ] || die "no backup: ${backup:-none in $DATA_DIR/@BACKUPS@}"
backup=$(cd "$backup" && pwd)

say "checking $backup"
if command -v sha256sum >/dev/null 2>&1; then
    (cd "$backup" && sha256sum -c @CHECKSUMS@ >/dev/null) || die "$backup is damaged; nothing has been changed"
else
    (cd "$backup" && shasum -a 256 -c @CHECKSUMS@ >/dev/null) || die "$backup is damaged; nothing has been changed"
fi

kept='@KEPT@'
is_kept() { printf '%s\n' "$kept" | grep -qxF -- "$1"; }
files() { while IFS= read -r line; do printf '%s\n' "${line#*  }"; done <"$backup/@CHECKSUMS@"; }
databases() { files | grep -v -e '-wal$' -e '-journal$'; }
ordered() { # what stays comes last: until then the state of after the move is whole
    databases | while IFS= read -r name; do is_kept "$name" || printf '%s\n' "$name"; done
    databases | while IFS= read -r name; do if is_kept "$name"; then printf '%s\n' "$name"; fi; done
}
absent() { cat "$backup/@ABSENT@" 2>/dev/null || :; }

start() {
    say "starting the services"
    @START@ || die "the services do not start; start them by hand"
}

say "stopping the services"
@STOP@ || die "the services do not stop; nothing has been changed"
trap start EXIT

if command -v fuser >/dev/null 2>&1; then
    ordered | while IFS= read -r name; do
        if [ -e "$DATA_DIR/$name" ] && fuser -s "$DATA_DIR/$name" 2>/dev/null; then
            die "$DATA_DIR/$name is in use; stop what uses it (fuser -v). Nothing has been changed"
        fi
    done
fi

before=$DATA_DIR/@BACKUPS@/before-rollback-$(date +%Y%m%d-%H%M%S)
mkdir -p "$before"
{ ordered; absent; } | while IFS= read -r name; do
    for suffix in '' -wal -journal; do
        if [ -e "$DATA_DIR/$name$suffix" ]; then cp -p "$DATA_DIR/$name$suffix" "$before/"; fi
    done
done
say "what was there is in $before"

remove_companions() { rm -f "$1-wal" "$1-shm" "$1-journal"; }

ordered | while IFS= read -r name; do
    path=$DATA_DIR/$name
    cp -p "$backup/$name" "$path.restore"
    sync
    if [ -s "$path-wal" ] && command -v sqlite3 >/dev/null 2>&1; then
        sqlite3 "$path" 'PRAGMA journal_mode = DELETE' >/dev/null 2>&1 || :
    fi
    remove_companions "$path"
    mv -f "$path.restore" "$path"
    for suffix in -wal -journal; do
        if [ -e "$backup/$name$suffix" ]; then cp -p "$backup/$name$suffix" "$path$suffix"; fi
    done
    say "restored $name"
done
absent | while IFS= read -r name; do
    rm -f "$DATA_DIR/$name"
    remove_companions "$DATA_DIR/$name"
    say "removed $name, which did not exist"
done
sync

trap - EXIT
start
failed=0
check() {
    tries=30
    until sh -c "$1" >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ]; then say "health check failed: $1"; failed=1; return 0; fi
        sleep 1
    done
    say "health check ok: $1"
}
@HEALTH@
exit "$failed"
"""
