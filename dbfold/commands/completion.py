"""`dbfold completion SHELL`: a script that completes commands, options and their values in bash, zsh or fish.

The script is made from the parsers of all commands, and needs no dbfold to complete: a key press starts no Python.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from dbfold.base.arguments import Parser, options_of
from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN
from dbfold.base.suggestions import suggestion
from dbfold.commands.shared import add_telling_options

EXAMPLES = (
    ("source <(dbfold completion bash)", "in ~/.bashrc"),
    ("source <(dbfold completion zsh)", "in ~/.zshrc, after compinit"),
    ("dbfold completion fish | source", "in ~/.config/fish/config.fish"),
)
EXIT_CODES = {0: "the script was printed", 2: "no such shell"}


@dataclass(frozen=True, slots=True)
class Words:
    """What may follow `path`, the words of a command: further commands, options, and values of options."""

    path: tuple[str, ...]
    commands: dict[str, str]
    options: dict[str, str]
    values: dict[str, tuple[str, ...]]
    takes_file: frozenset[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument("shell", metavar="SHELL", help=f"one of {', '.join(_SCRIPTS)}")
    add_telling_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    script = _SCRIPTS.get(arguments.shell)
    if script is None:
        known = list(_SCRIPTS)
        remedy = suggestion(arguments.shell, known, otherwise=f"; the shells are {', '.join(known)}")
        raise UserError(f"{arguments.shell}: no completion for that shell{remedy}")
    print("\n".join(script(list(all_words()))))  # noqa: T201
    return CLEAN


def all_words() -> Iterator[Words]:
    """The words of all commands, `dbfold` itself first."""
    from dbfold.commands.registry import COMMANDS

    options = {"--help": "print the options", "--version": "print the version"}
    yield Words((), {name: help for name, _, help in COMMANDS}, options, {}, frozenset())
    for name, module, _ in COMMANDS:
        parser = Parser(prog=name)
        import_module(module).add_arguments(parser)
        yield from _words((name,), parser)


def _words(path: tuple[str, ...], parser: argparse.ArgumentParser) -> Iterator[Words]:
    commands: dict[str, argparse.ArgumentParser] = {}
    helps: dict[str, str] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            commands = dict(action.choices)
            helps = {str(one.dest): one.help or "" for one in action._choices_actions}
    options = options_of(parser)
    yield Words(
        path,
        {name: helps.get(name, "") for name in commands},
        {name: action.help or "" for action in options for name in action.option_strings},
        {name: tuple(map(str, action.choices or ())) for action in options for name in action.option_strings},
        frozenset(name for action in options if action.nargs != 0 for name in action.option_strings),
    )
    for name, subparser in commands.items():
        yield from _words((*path, name), subparser)


def _bash(words: list[Words]) -> Iterator[str]:
    yield "# bash completion for dbfold; made by `dbfold completion bash`"
    yield "_dbfold() {"
    yield '    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word'
    yield '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do'
    yield '        case "$path $word" in'
    yield f'            {"|".join(_quoted(one.path) for one in words if one.path)}) path="$path $word" ;;'
    yield "        esac"
    yield "    done"
    yield "    COMPREPLY=()"
    yield '    case "$path $previous" in'
    for one in words:
        for option, values in one.values.items():
            if values:
                place = _quoted((*one.path, option))
                yield f"        {place}) COMPREPLY=($(compgen -W '{' '.join(values)}' -- \"$current\")); return ;;"
    yield "    esac"
    yield '    case "$path" in'
    for one in words:
        yield f"        {_quoted(one.path)}) words='{' '.join((*one.commands, *one.options))}' ;;"
    yield "    esac"
    yield '    COMPREPLY=($(compgen -W "$words" -- "$current"))'
    yield '    [[ $current == -* || -z $path ]] || COMPREPLY+=($(compgen -f -- "$current"))'
    yield "}"
    yield "complete -o filenames -F _dbfold dbfold"


def _quoted(path: tuple[str, ...]) -> str:
    return f"'{''.join(f' {word}' for word in path)}'"


def _zsh(words: list[Words]) -> Iterator[str]:
    yield "#compdef dbfold"
    yield "# zsh completion for dbfold; made by `dbfold completion zsh`"
    yield "_dbfold() {"
    yield "    local route='' word"
    yield '    for word in "${words[@]:1:$((CURRENT-2))}"; do'
    yield '        case "$route $word" in'
    yield f'            {"|".join(_quoted(one.path) for one in words if one.path)}) route="$route $word" ;;'
    yield "        esac"
    yield "    done"
    yield '    case "$route ${words[CURRENT-1]}" in'
    for one in words:
        for option, values in one.values.items():
            if values:
                yield f"        {_quoted((*one.path, option))}) compadd -- {' '.join(values)}; return ;;"
    yield "    esac"
    yield "    local -a described"
    yield '    case "$route" in'
    for one in words:
        shown = " ".join(f"'{name}:{_plain(help)}'" for name, help in {**one.commands, **one.options}.items())
        yield f"        {_quoted(one.path)}) described=({shown}) ;;"
    yield "    esac"
    yield "    _describe 'dbfold' described"
    yield "    [[ -n $route ]] && _files"
    yield "}"
    yield "compdef _dbfold dbfold"


def _fish(words: list[Words]) -> Iterator[str]:
    yield "# fish completion for dbfold; made by `dbfold completion fish`"
    yield "complete -c dbfold -f"
    for one in words:
        inner = [name for name in one.commands if one.path]
        condition = "__fish_use_subcommand" if not one.path else _fish_condition(one.path, inner)
        for name, help in one.commands.items():
            yield f"complete -c dbfold -n '{condition}' -a {name} -d '{_plain(help)}'"
        for name, help in one.options.items():
            dashes = f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
            values = one.values.get(name)
            value = f" -x -a '{' '.join(values)}'" if values else " -r -F" if name in one.takes_file else ""
            where = _fish_condition(one.path, []) if one.path else "__fish_use_subcommand"
            yield f"complete -c dbfold -n '{where}' {dashes}{value} -d '{_plain(help)}'"
        if one.path and not one.commands:
            yield f"complete -c dbfold -n '{_fish_condition(one.path, [])}' -F"


def _fish_condition(path: tuple[str, ...], without: list[str]) -> str:
    seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in path)
    return f"{seen}; and not __fish_seen_subcommand_from {' '.join(without)}" if without else seen


def _plain(text: str) -> str:
    """A help without what a shell or its completion would read."""
    return text.replace("%%", "%").replace("'", "").replace(":", ",").replace("`", "")


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
