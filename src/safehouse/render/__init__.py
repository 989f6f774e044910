"""Clip and plan in, protected picture and sound out; no clock, no randomness, no database."""
