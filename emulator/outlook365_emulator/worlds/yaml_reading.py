"""YAML read so that a mistake is an error with a line."""

from collections.abc import Mapping
from typing import Any

from outlook365_emulator.worlds.reading import DocumentError


def parse_yaml(text: bytes) -> Any:
    """Read one YAML document as plain data: dates stay texts, a key that stands twice is refused.

    Args:
        text: YAML 1.1 in UTF-8 (JSON is YAML too).

    Raises:
        DocumentError: the text is no YAML, holds several documents, or tags that are not plain data; the place is
            line and column, counted from 1.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    loader.yaml_implicit_resolvers = _without_dates(loader.yaml_implicit_resolvers)
    try:
        node = loader.get_single_node()
        _check_keys(node, set())
        return None if node is None else loader.construct_document(node)
    except DocumentError:
        raise
    except yaml.MarkedYAMLError as error:
        raise DocumentError(_place(error.problem_mark or error.context_mark), error.problem or "no YAML") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DocumentError("", f"no YAML: {str(error).splitlines()[0]}") from None
    except (ValueError, RecursionError) as error:
        raise DocumentError("", f"no YAML: {error}") from None
    finally:
        loader.dispose()


def _without_dates(resolvers: Mapping[str, list[tuple[str, Any]]]) -> dict[str, list[tuple[str, Any]]]:
    """Leave dates texts, so that YAML and JSON say the same."""
    return {
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in resolvers.items()
    }


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _check_keys(node: Any, seen: set[int]) -> None:
    """Refuse keys that stand twice in a mapping or are no plain text; YAML lets the last one win in silence."""
    import yaml

    if node is None or id(node) in seen or isinstance(node, yaml.ScalarNode):
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for element in node.value:
            _check_keys(element, seen)
        return
    keys: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise DocumentError(_place(key.start_mark), "a key must be plain text")
        if key.value in keys:
            raise DocumentError(_place(key.start_mark), f"the key {key.value!r} stands here twice")
        keys.add(key.value)
        _check_keys(value, seen)
