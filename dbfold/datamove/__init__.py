"""The move of the rows: many SQLite databases into one, every row accounted for, or nothing has changed.

from dbfold.policy.loading import load_policy
from dbfold import datamove

policy = load_policy(Path("dbfold.yaml"))
for preview in datamove.plan(policy, Path("data")):
    print(preview.plan.target, preview.problems)
result = datamove.run(policy, Path("data"))
"""

from dbfold.datamove.progress import Progress
from dbfold.datamove.refusals import MoveRefused
from dbfold.datamove.results import Moved, Preview, Restored, Result, Verified
from dbfold.datamove.run import plan, run
from dbfold.datamove.safety.rollback import rollback
from dbfold.datamove.verifying.again import verify

__all__ = [
    "MoveRefused",
    "Moved",
    "Preview",
    "Progress",
    "Restored",
    "Result",
    "Verified",
    "plan",
    "rollback",
    "run",
    "verify",
]
