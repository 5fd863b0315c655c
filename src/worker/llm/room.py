"""How much a model can be told at once."""

from __future__ import annotations

# Windows of models that nobody has told the size of: what every hosted coding model has, and what a server of one's own
# is mostly started with.
HOSTED_WINDOW, OWN_SERVERS_WINDOW = 64_000, 32_768

_MARGIN = 1.3  # the engine's, over its count of tokens
_OWN_WORDS = 2_000  # Aider's explanation of the edit format, with its examples


def room(window: int, max_output: int) -> int:
    """About how many tokens the request and the files may take together, beside the longest answer."""
    answer = min(max_output, window // 4)
    return max(0, int((window - answer) / _MARGIN) - _OWN_WORDS)
