"""The move of the rows: many SQLite databases into one, every row accounted for, or nothing has changed.

from dbpolicy.loading import load_policy
import datamove

policy = load_policy(Path("dbfold.yaml"))
for preview in datamove.plan(policy, Path("data")):
    print(preview.plan.target, preview.problems)
result = datamove.run(policy, Path("data"))
"""

from datamove.moving import Moved, MoveRefused, Preview, Result, plan, run
from datamove.progress import Progress
from datamove.restoring import rollback
from datamove.verifying import verify

__all__ = ["MoveRefused", "Moved", "Preview", "Progress", "Result", "plan", "rollback", "run", "verify"]
