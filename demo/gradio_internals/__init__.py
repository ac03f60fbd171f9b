"""The one place that touches what Gradio does not document; see docs/decisions/0007."""
