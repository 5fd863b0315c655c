"""The settings: `load` reads them once, at start; nothing else in the project reads the environment."""

from worker.config.settings import ConfigurationError, Settings, load

__all__ = ["ConfigurationError", "Settings", "load"]
