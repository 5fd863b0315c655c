"""Aider as a program of its own: one job in, one report out. Imports only the standard library and Aider."""
