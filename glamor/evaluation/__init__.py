"""How good a checkpoint is, and how far its explanations can be believed, over many labelled photos."""
