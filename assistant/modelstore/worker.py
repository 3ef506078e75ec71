"""The child that renders a foreign chat template on made-up conversations, or measures the memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NoReturn

import jinja2.debug  # imported only when a template fails, which would be too late
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.modelstore.bandwidth import read_memory
from assistant.privacy import narrow_to_descriptors
from assistant.workers import Handler, Part, Refusal, Request

MAX_RENDERED: Final = 200_000
"""Characters of one rendering; the longest conversation has a third of that."""
_WARM_UP: Final = (
    "{%- set n = namespace(a=1) -%}{% for m in messages %}{% if loop.last %}{{ m.content | trim | tojson }}"
    "{% else %}{% continue %}{% endif %}{% endfor %}{% macro x() %}{% endmacro %}{{ raise_exception('over') }}"
)


def handlers() -> Mapping[str, Handler]:
    """What this child does: "render" {template, begin, end, conversations}, once; "bandwidth", as told there."""
    return {"render": _render, "bandwidth": read_memory}


def _render(request: Request) -> Iterator[Part]:
    """Answers one part with `texts`: each conversation's rendering, or None where the template refused it."""
    environment = _environment()
    list(_rendered(environment, _WARM_UP, [[["user", "a"]]], "", ""))  # so that nothing is left to be imported
    narrow_to_descriptors()
    arguments = request.arguments
    conversations = arguments.get("conversations")
    if not isinstance(conversations, list):
        raise Refusal("bad-request")
    template, begin, end = (str(arguments.get(name, "")) for name in ("template", "begin", "end"))
    yield Part({"texts": list(_rendered(environment, template, conversations, begin, end))})


def _environment() -> ImmutableSandboxedEnvironment:
    """As transformers sets it up for chat templates, less what differs from one time to the next."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols]
    )
    environment.globals.pop("lipsum")
    environment.filters.pop("random")
    environment.globals["raise_exception"] = _raise
    return environment


def _raise(reason: object) -> NoReturn:
    raise jinja2.TemplateError(str(reason)[:100])


def _rendered(
    environment: ImmutableSandboxedEnvironment,
    template: str,
    conversations: list[list[list[str]]],
    begin: str,
    end: str,
) -> Iterator[str | None]:
    try:
        compiled = environment.from_string(template)
    except jinja2.TemplateError:
        compiled = environment.from_string("{{ raise_exception('no template') }}")
    for conversation in conversations:
        messages = [{"role": role, "content": text} for role, text in conversation]
        try:
            rendered = compiled.render(messages=messages, add_generation_prompt=True, bos_token=begin, eos_token=end)
        except jinja2.TemplateError:
            yield None
            continue
        yield rendered[:MAX_RENDERED]
