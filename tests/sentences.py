"""What a refusal must look like."""

from __future__ import annotations

from demo import words


def assert_sentence(message: str) -> None:
    """Assert that a refusal is one plain sentence that gives nothing of the inside away."""
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 400
    for leak in ("Traceback", "/tmp", "site-packages", "enabled verbose error reporting", words.UNEXPECTED):
        assert leak not in message
