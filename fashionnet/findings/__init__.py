"""What was found, in words: which sentence is written depends on the numbers, never on what was hoped for."""
