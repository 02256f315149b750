"""What a move tells while it works: by itself, nothing."""

from __future__ import annotations

from dbfold.datamove.progress import Progress


def test_the_base_class_says_nothing_and_interrupts_nothing(capsys):
    progress = Progress()
    progress.stage("build", rows=1, size=1, path=None)
    progress.step("a", 1)
    progress.say("done")
    assert progress.tick() is False
    assert capsys.readouterr() == ("", "")
