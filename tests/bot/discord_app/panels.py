"""What stands on a panel: its texts, and its buttons by label and custom_id."""


def parts(message):
    """Every component of a message, those within others too."""

    def walk(component):
        yield component
        for inner in [*component.get("components", ()), *filter(None, [component.get("accessory")])]:
            yield from walk(inner)

    return [part for component in message.components for part in walk(component)]


def texts(message):
    return [part["content"] for part in parts(message) if part["type"] == 10]


def buttons(message):
    return [part for part in parts(message) if part["type"] == 2]
