"""The form of a page, read as a browser would."""

from html.parser import HTMLParser
from typing import NamedTuple


class Form(NamedTuple):
    """A form of a page.

    Attributes:
        action: where it is sent.
        fields: values of its inputs by name.
        buttons: name, value and text of its buttons.
    """

    action: str
    fields: dict[str, str]
    buttons: list[tuple[str, str, str]]


class FormReader(HTMLParser):
    """Reads the first form of a page.

    Attributes:
        form: the form, or None where the page has none.
        leaves: whether the page sends the form by itself, to the application.
    """

    def __init__(self) -> None:
        super().__init__()
        self.form: Form | None = None
        self.leaves = False
        self._button: tuple[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take down a form, an input or a button."""
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and self.form is None:
            self.form = Form(given.get("action", ""), {}, [])
            self.leaves = given.get("name") == "hiddenform"
        elif self.form is not None and tag in ("input", "textarea") and "name" in given:
            if given.get("type") != "checkbox":
                self.form.fields[given["name"]] = given.get("value", "")
        elif tag == "button":
            self._button, self._text = (given.get("name", ""), given.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        """Take down the text of a button."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Finish a button."""
        if tag == "button" and self.form is not None and self._button is not None:
            self.form.buttons.append((*self._button, self._text))
            self._button = None
