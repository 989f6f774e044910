"""Attacks on voices and on sound: who is speaking, and what of the original's wave is left."""
