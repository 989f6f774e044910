"""Attacks on the very file that would be delivered, and the report that says what they found."""
