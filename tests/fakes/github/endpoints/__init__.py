"""The operations that are served: importing this package registers them."""

from tests.fakes.github.endpoints import issues, people, repositories
from tests.fakes.github.routing import find

__all__ = ["find", "issues", "people", "repositories"]
