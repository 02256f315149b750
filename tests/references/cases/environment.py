"""Defaults of environment variables and command lines."""
import argparse
import os
from os import environ, getenv

import click

A = os.getenv("DATABASE_PATH", "/app/data/zoe.db")  #: env-default rewrite
B = os.environ.get("DATABASE_PATH", "/app/data/zoe.db")  #: env-default rewrite
C = os.getenv("ZOE_DB_PATH", "/app/data/zoe.db")  #: env-default rewrite
D = os.getenv("DATABASE_PATH") or "/app/data/zoe.db"  #: env-default rewrite
E = getenv("DATABASE_PATH", "/app/data/zoe.db")  #: env-default rewrite
F = environ.get("DATABASE_PATH", default="/app/data/zoe.db")  #: env-default rewrite
G = os.environ.setdefault("DATABASE_PATH", "/app/data/zoe.db")  #: env-default rewrite
H = os.getenv("AUTH_DATABASE", "/app/data/auth.db")  #: env-default rewrite
I = os.getenv("DATABASE_PATH", str(os.path.abspath("data/zoe.db")))  #: env-default rewrite
J = os.getenv("DATABASE_PATH", "/app/data/memory.db")  #: env-default review
K = os.environ["DATABASE_PATH"] if "DATABASE_PATH" in os.environ else "/app/data/zoe.db"  #: env-default rewrite
L = os.getenv("A") or os.getenv("B") or "/app/data/zoe.db"  #: env-default rewrite
M = os.getenv("PERFORMANCE_DB", "/app/data/performance.db")  #: env-default review

parser = argparse.ArgumentParser()
parser.add_argument("--db", default="/app/data/zoe.db", help="database (default: /app/data/zoe.db)")  #: cli-default rewrite; message leave


@click.option("--database", default="/app/data/zoe.db")  #: cli-default rewrite
def command(database):
    return database
