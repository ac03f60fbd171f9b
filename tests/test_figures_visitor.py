"""What a visitor waits for: each connection's time stands beside its own floor."""

from __future__ import annotations

from benchmarks.visitor import Wait, table


def test_the_table_has_a_line_a_wait_and_three_columns_a_connection() -> None:
    near = [Wait("drop to label", 240.0, 12.0), Wait("slider moved to bars moved", 33.4, 16.7)]
    far = [Wait("drop to label", 1400.0, 175.0), Wait("slider moved to bars moved", 33.4, 16.7)]
    shown = table({"loopback": near, "80 ms of latency": far}, "A machine:")
    assert shown[0] == "A machine:"
    assert shown[2:] == [
        "| in Chromium | loopback, ms | floor, ms | ratio | 80 ms of latency, ms | floor, ms | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| drop to label | 240 | 12.0 | 20.0 | 1,400 | 175.0 | 8.0 |",
        "| slider moved to bars moved | 33 | 16.7 | 2.0 | 33 | 16.7 | 2.0 |",
    ]
