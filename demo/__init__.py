"""The page and its API: the only room that knows Gradio."""
