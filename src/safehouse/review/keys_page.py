"""The page of keys: each can be changed or taken away, single keys switched off (WCAG 2.1.4)."""

import json
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import UsageError
from safehouse.language import Language
from safehouse.model.acts import SetSetting
from safehouse.review.asking import Ask, answer, as_json, page
from safehouse.review.keymap import SCOPES, keys_of, load_keys, remapped, spoken

__all__ = ["ROUTES"]


class _Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is changed: one action's codes, whether single keys act, or all back as they were."""

    id: str = ""
    codes: tuple[str, ...] = ()
    on: bool | None = None
    reset: bool = False


def key_facts(ask: Ask) -> dict[str, Any]:
    """Return the keys as this operator has them, in the page's language."""
    settings, language = ask.desk.settings, ask.desk.language
    keys = keys_of(settings["keys"])
    first = {row.id: row.codes for row in load_keys()}
    return {
        "keys": [
            {
                "id": row.id,
                "codes": row.codes,
                "scope": row.scope,
                "words": str(language.say(row.words)),
                "changed": row.codes != first[row.id],
            }
            for row in keys
        ],
        "spoken": {code: _named(code, language) for row in keys for code in row.codes},
        "scopes": {name: str(language.say(words)) for name, words in SCOPES.items()},
        "on": bool(settings["keys_on"]),
    }


def _named(code: str, language: Language) -> str:
    """Return a code as people write it on a keyboard of their language."""
    return "+".join(str(language.say(part)) for part in spoken(code).split("+"))


def _keys(ask: Ask) -> Response:
    return answer(ask, "keys.html", key_facts(ask))


def _change(ask: Ask) -> Response:
    """Keep a change of the keys; two actions never share one."""
    try:
        change = msgspec.json.decode(ask.body, type=_Change)
    except msgspec.MsgspecError as error:
        raise UsageError(
            "what the page sent can't be read",
            kept="the keys are as they were",
            next_step="load the page again",
        ) from error
    if change.on is not None:
        _save(ask, "keys_on", change.on)
    elif change.reset:
        _save(ask, "keys", {})
    else:
        now = ask.desk.settings["keys"]
        kept = now if keys_of(now) != load_keys() else {}
        changes = {name: tuple(codes) for name, codes in kept.items()} | {change.id: change.codes}
        remapped(changes)
        _save(ask, "keys", changes)
    return as_json(key_facts(ask))


def _save(ask: Ask, name: str, value: object) -> None:
    """Keep a setting: in the project where one is open, else while the page runs."""
    if ask.desk.project is None:
        ask.desk.own[name] = value
    else:
        ask.desk.project.act(SetSetting(name, json.dumps(value)))


ROUTES = [
    Route("/keys.json", page(_change), methods=["POST"]),
    Route("/keys.json", page(_keys)),
    Route("/keys", page(_keys)),
]
