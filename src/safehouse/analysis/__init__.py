"""Looking for people: the only stage with models in it. It may be wrong; it keeps scores."""
