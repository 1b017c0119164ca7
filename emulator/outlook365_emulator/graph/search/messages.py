"""`$search` over messages: the text of the option to a search, and the messages that it finds.

Reference `graph-core.md` section 6.3: newest sent first, a thousand at most.
"""

import re
from collections.abc import Iterable

from outlook365_emulator.errors import graph_error
from outlook365_emulator.graph.call import Call
from outlook365_emulator.graph.search.kql import parse_kql
from outlook365_emulator.graph.search.matching import SearchText, compile_search
from outlook365_emulator.graph.search.problems import SearchSyntaxError, search_error
from outlook365_emulator.store.mailbox import Mailbox
from outlook365_emulator.store.records.mail import Message

LIMIT = 1000
_UNQUOTED = re.compile(r"[\w\s*-]*")
_INNER = re.compile(r'(?<!\\)"')


def search_text(option: str) -> str:
    r"""Return the search in the value of `$search`: the outer quotes off, `\"` made `"`.

    Raises:
        SearchSyntaxError: the value has no quotes, yet characters that need them.
    """
    text = option.strip()
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    if not quoted:
        plain = _UNQUOTED.match(text)
        end = plain.end() if plain is not None else 0
        if end < len(text):
            raise SearchSyntaxError(end, text)
        return text
    inner = text[1:-1]
    if _INNER.search(inner):
        return text  # several quoted parts, "subject:a" AND "body:b"
    inner = inner.replace('\\"', '"').replace("\\\\", "\\").strip()
    # Some clients put the search between apostrophes within the quotes.
    return inner[1:-1] if len(inner) > 1 and inner[0] == inner[-1] == "'" else inner


def search_messages(call: Call, messages: Iterable[Message]) -> list[Message]:
    """Return the messages that the call's `$search` finds, latest sent first.

    Raises:
        GraphError: `search_with_filter`, `search_with_orderby`, or an error of syntax.
    """
    options = call.options
    if options.filter is not None:
        raise graph_error("search_with_filter", because="$filter and $search cannot be combined on messages")
    if options.orderby:
        raise graph_error("search_with_orderby", because="$orderby and $search cannot be combined on messages")
    try:
        text = search_text(options.search or "")
        if not text:
            raise SearchSyntaxError(0, text)
        matches = compile_search(parse_kql(text, call.now))
    except SearchSyntaxError as problem:
        raise search_error(problem) from None
    mailbox = call.mailbox
    found = [message for message in messages if matches(_prepared(mailbox, message))]
    found.sort(key=lambda message: (message.sent, message.number), reverse=True)
    return found[:LIMIT]


def _prepared(mailbox: Mailbox, message: Message) -> SearchText:
    kept: SearchText | None = mailbox.search_texts.get(message.number)
    if kept is None or kept.message is not message:
        if len(mailbox.search_texts) > 2 * len(mailbox.messages) + 100:
            mailbox.search_texts.clear()
        kept = mailbox.search_texts[message.number] = SearchText(mailbox, message)
    return kept
