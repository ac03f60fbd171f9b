"""From labelled photos to weights: data, views, losses, recipes and the run itself."""
