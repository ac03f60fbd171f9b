"""The stream by which a page hears the answers to what it asked."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

# For the page's head, so that it comes before Gradio's own scripts.
ONE_STREAM = Markup("<script>{}</script>").format(Markup(Path(__file__).with_suffix(".js").read_text("utf-8")))
