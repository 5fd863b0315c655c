"""A module for each command; heavy imports stand inside the function `command`, so that its help stays quick."""
