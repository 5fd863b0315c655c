"""The first call is slow: it imports, compiles and loads tables. So it is made beforehand, without a connection."""

from __future__ import annotations

import asyncio
import json
import platform
from concurrent.futures import Future
from typing import Any

import litellm
from litellm.litellm_core_utils.thread_pool_executor import executor
from litellm.llms.custom_httpx import http_handler

httpx = http_handler.httpx  # the one that litellm uses, whichever that is

_CHUNK = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_OPENAI = [
    {**_CHUNK, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "x"}, "finish_reason": None}]},
    {**_CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
_OLLAMA = [
    {"model": "m", "created_at": "", "message": {"role": "assistant", "content": "x"}, "done": False},
    {"model": "m", "created_at": "", "message": {"role": "assistant", "content": ""}, "done": True,
     "done_reason": "stop", "prompt_eval_count": 1, "eval_count": 1},
]  # fmt: skip


def rehearse() -> None:
    """Make one call in each protocol to a server that is a function, and leave nothing of it behind."""
    executor.submit = _leave_out
    loop = asyncio.new_event_loop()  # litellm looks for one, and would leave its own open
    asyncio.set_event_loop(loop)
    transport = httpx.HTTPTransport
    real = transport.handle_request
    transport.handle_request = _handle
    try:
        for model in ("openai/rehearsal", "ollama_chat/rehearsal"):
            _call(model)
    finally:
        transport.handle_request = real
        litellm.in_memory_llm_clients_cache.flush_cache()
        loop.close()
        asyncio.set_event_loop_policy(None)
    platform.processor()  # runs `uname` and remembers the answer, which OpenAI's client sends along


def _call(model: str) -> None:
    litellm.suppress_debug_info = True
    litellm.disable_hf_tokenizer_download = True
    litellm.model_cost[model] = {"litellm_provider": model.partition("/")[0], "mode": "chat"}
    messages = [{"role": "user", "content": "x"}]
    litellm.token_counter(model=model, messages=messages)
    stream = litellm.completion(
        model=model,
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
        api_base="http://rehearsal.invalid",
        api_key="none",
        num_retries=0,
    )
    for _chunk in stream:
        pass
    del litellm.model_cost[model]


def _handle(_transport: Any, request: Any) -> Any:
    if request.url.path.endswith("/api/chat"):
        lines = "".join(json.dumps(one) + "\n" for one in _OLLAMA)
    else:
        lines = "".join(f"data: {json.dumps(one)}\n\n" for one in _OPENAI) + "data: [DONE]\n\n"
    return httpx.Response(200, content=lines.encode(), request=request)


def _leave_out(*_work: Any, **_options: Any) -> Future[None]:
    """What litellm does in threads is to log its calls. A process that has threads can't be forked safely."""
    future: Future[None] = Future()
    future.cancel()
    return future
