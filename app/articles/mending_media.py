"""Pictures and players whose sources are missing or misplaced, put right."""

from app.html_tree import Element

Nodes = list[Element | str]


def mend_player(player: Element, _parent: str) -> Nodes:
    """A player with no source is its fallback text; sources come first."""
    sources: Nodes = []
    rest: Nodes = []
    for child in player.children:
        is_source = isinstance(child, Element) and child.name in ("source", "track")
        (sources if is_source else rest).append(child)
    if "src" in player.attributes:
        sources = [child for child in sources if isinstance(child, Element) and child.name == "track"]
    elif not any(isinstance(child, Element) and child.name == "source" for child in sources):
        return rest
    player.children = [*sources, *rest]
    return [player]


def mend_picture(picture: Element, _parent: str) -> Nodes:
    sources: Nodes = []
    images: list[Element] = []
    rest: Nodes = []
    for child in picture.children:
        if isinstance(child, Element) and child.name == "source" and "srcset" in child.attributes:
            child.attributes.pop("src", None)
            sources.append(child)
        elif isinstance(child, Element) and child.name == "img" and not images:
            images.append(child)
        elif not isinstance(child, Element) or child.name != "source":
            rest.append(child)
    picture.children = [*sources, *images]
    return [picture, *rest] if images else rest


def mend_source(source: Element, parent: str) -> Nodes:
    if parent == "picture":
        return [source]
    return [source] if parent in ("audio", "video") and "src" in source.attributes else []
