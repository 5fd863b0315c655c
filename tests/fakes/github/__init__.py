"""A stateful stand-in for GitHub: its REST API and its git host, over HTTP, on this machine."""

from tests.fakes.github.repository import Repository
from tests.fakes.github.service import GitHub
from tests.fakes.github.store import Blob

__all__ = ["Blob", "GitHub", "Repository"]
