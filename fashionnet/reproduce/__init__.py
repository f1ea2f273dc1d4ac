"""The reproduction kit: the real data checked, the real profile run, and what came out beside what was published."""
