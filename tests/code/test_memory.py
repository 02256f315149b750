"""Answers are worked out once; what came of a question that was still open is not kept."""

from __future__ import annotations

from dbfold.code.interpretation.memory import Memory


def test_an_answer_is_worked_out_once():
    memory, asked = Memory(), []
    for _ in range(2):
        assert memory.once(("a",), frozenset(), lambda: asked.append(1) or frozenset({1})) == {1}
    assert asked == [1]


def test_a_question_that_leads_to_itself_gets_what_is_known_meanwhile():
    memory = Memory()
    outer = memory.once(("a",), frozenset({1}), lambda: memory.once(("a",), frozenset(), frozenset) | {2})
    assert outer == {1, 2}


def test_what_was_worked_out_from_an_open_question_is_asked_anew():
    memory = Memory()

    def inner():
        return memory.once(("b",), frozenset(), lambda: memory.once(("a",), frozenset(), frozenset) | {3})

    assert memory.once(("a",), frozenset(), lambda: inner() | {2}) == {2, 3}
    assert inner() == {2, 3}


def test_what_was_given_up_is_not_kept_inside_of_another_question():
    memory, answers = Memory(), [frozenset(), frozenset({1})]

    def part():
        if len(answers) == 2:
            memory.give_up()
        return answers.pop(0)

    memory.once(("a",), frozenset(), lambda: memory.once(("b",), frozenset(), part))
    assert memory.once(("b",), frozenset(), part) == {1}


def test_the_depth_is_that_of_open_questions():
    memory, depths = Memory(), [0]
    memory.once(("a",), frozenset(), lambda: memory.once(("b",), None, lambda: depths.append(memory.depth)))
    assert [*depths, memory.depth] == [0, 2, 0]
