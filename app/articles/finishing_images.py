"""Pictures of the library in a finished body: their true proportions, and the sizes a browser may choose from. Pure.

The text keeps the plain ``<img>``; what is added here is made anew with each rendering.
"""

from collections.abc import Mapping

from app.html_tree import Element
from app.media.addresses import FORMATS, Picture, find_id

MEASURE = "(width < 44rem) 100vw, 40rem"
"""How wide a picture stands in the column of text: for ``sizes``."""
SIZES = {
    "size-small": "(width < 44rem) 50vw, 20rem",
    "size-wide": "(width < 64rem) 100vw, 60rem",
    "size-full": "100vw",
}
"""The same for the classes of a figure."""


def offer_sizes(tree: Element, pictures: Mapping[int, Picture]) -> None:
    """Give every picture of the library its width and height, and its sizes as ``<picture>`` sources."""
    for image in [element for element in tree.elements() if element.name == "img"] if pictures else []:
        number = find_id(image.attributes.get("src", ""))
        picture = pictures.get(number) if number else None
        if picture is None:
            continue
        image.attributes["src"] = picture.address
        _measure(image, picture)
        if not picture.is_animated and "srcset" not in image.attributes:
            _wrap(image, picture)


def _measure(image: Element, picture: Picture) -> None:
    """The width that was chosen or its own, and the height that belongs to it."""
    chosen = image.attributes.get("width", "")
    width = min(int(chosen), picture.width) if chosen.isdigit() and int(chosen) > 0 else picture.width
    image.attributes["width"] = str(width)
    image.attributes["height"] = str(max(1, round(picture.height * width / picture.width)))


def _wrap(image: Element, picture: Picture) -> None:
    parent = image.parent
    if parent is None or parent.name == "picture":
        return
    sizes = _sizes_of(image)
    frame = Element("picture")
    for extension, mime in FORMATS.items():
        offered = {"type": mime, "srcset": picture.sources(extension), "sizes": sizes}
        frame.appendChild(Element("source", attributes=offered))
    at = next(index for index, child in enumerate(parent.children) if child is image)
    parent.children[at] = frame
    frame.parent = parent
    frame.appendChild(image)


def _sizes_of(image: Element) -> str:
    """How wide it will be shown: by its figure's class, and no wider than its own width."""
    holder: Element | None = image
    found = MEASURE
    while holder is not None:
        named = [SIZES[name] for name in holder.attributes.get("class", "").split() if name in SIZES]
        found = named[0] if named else found
        holder = holder.parent
    if found == "100vw" or not image.attributes["width"]:
        return found
    width = int(image.attributes["width"])
    return f"min({width}px, 100vw)" if width < 320 else found
