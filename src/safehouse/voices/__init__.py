"""Voices: captions spoken by a computer, an actor fitted in, speech made over."""
