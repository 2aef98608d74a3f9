"""Articles: writing them, publishing them, finding them."""
