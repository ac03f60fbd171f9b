"""One module a tab: what stands on it, and which handler answers what."""
