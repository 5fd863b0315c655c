"""The operations that are served: importing this package registers them."""

from tests.fakes.github.endpoints import code, contents, issues, people, pulls, repositories, reviews
from tests.fakes.github.routing import find

__all__ = ["code", "contents", "find", "issues", "people", "pulls", "repositories", "reviews"]
