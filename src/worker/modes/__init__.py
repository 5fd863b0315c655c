"""Modes: what a task does, told as a story over the ports."""
