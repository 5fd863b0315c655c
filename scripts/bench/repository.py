"""The repositories that the tasks are about: two files, and two thousand."""

from __future__ import annotations

from collections.abc import Mapping

from tests.e2e.world import CALCULATOR

FILES = 2_000
_FUNCTIONS = 8


def small() -> Mapping[str, str]:
    """A bug and the test that shows it."""
    return CALCULATOR


def large() -> Mapping[str, str]:
    """The same, among packages of modules that import each other."""
    return {**{f"shop/area{number // 50}/module{number}.py": _module(number) for number in range(FILES)}, **CALCULATOR}


def _module(number: int) -> str:
    other = (number * 7 + 1) % FILES
    lines = [f'"""Module {number} of the shop."""', "", f"from shop.area{other // 50} import module{other}", ""]
    for index in range(_FUNCTIONS):
        lines += [
            "",
            f"def step_{number}_{index}(order, customer):",
            f'    """Step {index} of module {number}."""',
            f"    total = order.total + {number} * {index}",
            f"    if total > customer.limit_{index}:",
            f"        return module{other}.step_{other}_{index}(order, customer)",
            "    return total",
            "",
        ]
    return "\n".join(lines)
