"""One calm look, light and dark: system fonts, one accent colour, nothing fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from markupsafe import Markup

from demo.colours import DARK_FIGURES, css_variables

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
STYLE = Path(__file__).with_name("style.css")


# What a dark page does to figures (glamor.figures.layer): pictures, which alone are opaque, stay as they are; of all
# else light and dark change places and hues stay (1 - c, then half a turn of the hue).
FILTERS = Markup(
    f'<svg width="0" height="0" aria-hidden="true"><filter id="{DARK_FIGURES}" color-interpolation-filters="sRGB">'
    '<feComponentTransfer in="SourceAlpha" result="pictures"><feFuncA type="discrete" '
    'tableValues="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1"/></feComponentTransfer>'
    '<feComposite in="SourceGraphic" in2="pictures" operator="in" result="kept"/>'
    '<feColorMatrix in="SourceGraphic" values="0.574 -1.43 -0.144 0 1 -0.426 -0.43 -0.144 0 1 '
    '-0.426 -1.43 0.856 0 1 0 0 0 1 0"/>'
    '<feMerge><feMergeNode/><feMergeNode in="kept"/></feMerge></filter></svg>'
)


def theme() -> gr.themes.Base:
    """Return the theme; its colours are variables, so that light and dark share one set."""
    made = gr.themes.Base(font=FONT, font_mono=MONO, radius_size="md", spacing_size="md", text_size="md")
    plain = {
        "body_background_fill": "var(--g-ground)",
        "body_text_color": "var(--g-ink)",
        "body_text_color_subdued": "var(--g-muted)",
        "background_fill_primary": "var(--g-card)",
        "background_fill_secondary": "var(--g-ground)",
        "border_color_primary": "var(--g-line)",
        "border_color_accent": "var(--g-accent)",
        "color_accent": "var(--g-accent)",
        "color_accent_soft": "var(--g-track)",
        "block_background_fill": "var(--g-card)",
        "block_border_color": "var(--g-line)",
        "block_label_text_color": "var(--g-muted)",
        "block_label_background_fill": "var(--g-card)",
        "block_title_text_color": "var(--g-ink)",
        "block_info_text_color": "var(--g-muted)",
        "input_background_fill": "var(--g-field)",
        "input_background_fill_focus": "var(--g-field)",
        "input_border_color": "var(--g-line)",
        "input_border_color_focus": "var(--g-accent)",
        "input_placeholder_color": "var(--g-muted)",
        "button_primary_background_fill": "var(--g-accent)",
        "button_primary_background_fill_hover": "var(--g-accent)",
        "button_primary_text_color": "var(--g-accent-ink)",
        "button_secondary_background_fill": "var(--g-field)",
        "button_secondary_background_fill_hover": "var(--g-track)",
        "button_secondary_text_color": "var(--g-ink)",
        "button_secondary_border_color": "var(--g-line)",
        "slider_color": "var(--g-accent)",
        "checkbox_background_color_selected": "var(--g-accent)",
        "checkbox_border_color_selected": "var(--g-accent)",
        "checkbox_label_background_fill": "var(--g-field)",
        "checkbox_label_background_fill_hover": "var(--g-track)",
        "checkbox_label_background_fill_selected": "var(--g-track)",
        "checkbox_label_text_color_selected": "var(--g-ink)",
        "checkbox_label_border_color": "var(--g-line)",
        "loader_color": "var(--g-accent)",
        "link_text_color": "var(--g-accent)",
    }
    both = plain | {f"{name}_dark": value for name, value in plain.items() if hasattr(made, f"{name}_dark")}
    return made.set(**both, block_shadow="none", block_border_width="1px", block_label_shadow="none")


def css() -> str:
    """Return the page's style sheet."""
    return css_variables() + STYLE.read_text(encoding="utf-8")
