"""Requests to an OpenAI-compatible endpoint: time-outs, retries, limits on size and cost; the key is never shown.

Nothing is sent anywhere but to the endpoint that the user names: redirects are refused.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ripeness.sources.errors import SourceError

RETRIES = 2
WAIT_S = (1.0, 4.0)
MOST_ANSWER_BYTES = 2 << 20


class Endpoint(NamedTuple):
    """Where to ask, and how much.

    Attributes:
        url: base address, as in http://localhost:11434/v1.
        key: sent as a bearer token; empty for none. It appears in no message and in no file.
        most_requests, most_tokens: after which no more is asked; tokens count both ways, as the endpoint reports them.
    """

    url: str
    model: str
    key: str
    timeout_s: float
    most_requests: int
    most_tokens: int

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r}, {self.model!r})"


class ModelError(Exception):
    """An answer that did not come, in words for the user.

    Attributes:
        refused: the endpoint did not accept the form of the request; another form may do.
        final: asking again is no use.
    """

    def __init__(self, said: str, refused: bool = False, final: bool = False) -> None:
        super().__init__(said)
        self.refused, self.final = refused, final


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Client:
    """Asks an endpoint, and counts what it costs."""

    def __init__(self, endpoint: Endpoint, sleep: Callable[[float], None] = time.sleep) -> None:
        self.endpoint, self.sleep = endpoint, sleep
        self.requests = 0
        self.tokens = 0
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, messages: list[dict[str, str]], form: Mapping[str, Any] | None) -> str:
        """The text of an answer.

        Args:
            form: `response_format` of the request; None for plain text.

        Raises:
            ModelError: no answer within the limits.
        """
        body: dict[str, Any] = {"model": self.endpoint.model, "messages": messages, "temperature": 0, "stream": False}
        if form is not None:
            body["response_format"] = form
        data = json.dumps(body).encode()
        for attempt in range(RETRIES + 1):
            if self.requests >= self.endpoint.most_requests:
                raise ModelError(
                    f"{self.endpoint.most_requests} requests were made; raise --most-requests for more", final=True
                )
            if self.tokens >= self.endpoint.most_tokens:
                raise ModelError(f"{self.tokens:,} tokens were used; raise --most-tokens for more", final=True)
            self.requests += 1
            try:
                return self._once(data)
            except ModelError as error:
                if error.refused or error.final or attempt == RETRIES:
                    raise
                self.sleep(WAIT_S[attempt])
        raise AssertionError("unreachable")

    def _once(self, data: bytes) -> str:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.endpoint.key:
            headers["Authorization"] = f"Bearer {self.endpoint.key}"
        address = self.endpoint.url.rstrip("/") + "/chat/completions"
        request = urllib.request.Request(address, data=data, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=self.endpoint.timeout_s) as answer:
                raw = answer.read(MOST_ANSWER_BYTES + 1)
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
            if status in (400, 404, 415, 422):
                raise ModelError(f"the endpoint answered {status}", refused=True) from None
            if status in (401, 403):
                raise ModelError(f"the endpoint answered {status}: the key was not accepted", final=True) from None
            if 300 <= status < 400:
                raise ModelError(
                    f"the endpoint redirects ({status}), which is refused: name the final address", final=True
                ) from None
            raise ModelError(f"the endpoint answered {status}") from None
        except TimeoutError:
            raise ModelError(f"no answer within {self.endpoint.timeout_s:g} seconds") from None
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise ModelError(f"the endpoint cannot be reached ({self._clean(str(reason))})") from None
        if len(raw) > MOST_ANSWER_BYTES:
            raise ModelError(f"an answer of more than {MOST_ANSWER_BYTES:,} bytes")
        try:
            said = json.loads(raw)
            used = said.get("usage") or {}
            self.tokens += max(0, int(used.get("total_tokens") or len(data) // 4 + len(raw) // 4))
            text = said["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            raise ModelError("an answer that is not of the chat-completions form") from None
        if not isinstance(text, str):
            raise ModelError("an answer without text")
        return text

    def _clean(self, said: str) -> str:
        return said.replace(self.endpoint.key, "***") if self.endpoint.key else said


def check_endpoint(
    url: str | None, model: str | None, key: str, timeout_s: float, most_requests: int, most_tokens: int
) -> Endpoint:
    """An endpoint from what the user gave.

    Raises:
        SourceError: with every fault.
    """
    faults = []
    parts = urlsplit(url or "")
    if not url or parts.scheme not in ("http", "https") or not parts.hostname:
        faults.append(f"--endpoint is {url!r}; give an address such as http://localhost:11434/v1.")
    elif parts.username or parts.password:
        faults.append(
            "--endpoint holds a user name or password; put the key into an environment variable (--key-variable)."
        )
    elif parts.scheme == "http" and key and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        faults.append("--endpoint is http:// on another machine, which would send the key in the clear; use https://.")
    if not model:
        faults.append("--endpoint needs --model NAME, and --model needs --endpoint URL.")
    for name, value in (("--timeout", timeout_s), ("--most-requests", most_requests), ("--most-tokens", most_tokens)):
        if not value > 0:
            faults.append(f"{name} is {value:g}; give a number above 0.")
    if faults:
        raise SourceError(faults)
    assert url is not None
    assert model is not None
    return Endpoint(url, model, key, timeout_s, most_requests, most_tokens)
