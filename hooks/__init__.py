"""The pre-commit hooks, each a module to run: `python -m hooks.no_new_databases [FILE…]`.

In other repositories they are the console scripts that `.pre-commit-hooks.yaml` names: only this one has `hooks` for a
package of its own. The examples are sessions in the project of README.md, its files staged.
"""
