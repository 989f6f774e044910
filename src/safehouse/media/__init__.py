"""The only door to FFmpeg, by way of PyAV: films and sound in, protected films and sound out."""
