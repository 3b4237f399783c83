"""SmartArt: the text of a diagram in the order of its tree, from its data model (ECMA-376, 21.4).

A data model is a list of points and a list of connections. Connections of type parOf (the default)
make the tree that a person sees in the text pane; presentation points repeat what is said there.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree


def points(model: etree._Element) -> Iterator[etree._Element]:
    """Points that may hold text, parents before their children; each once.

    What no connection reaches from the root comes last, in the order of the file.
    """
    found = {
        point.get("modelId", ""): point
        for point in model.iterfind("{*}ptLst/{*}pt")
        if point.get("type", "node") in ("doc", "node", "asst")
    }
    children: dict[str, list[tuple[int, str]]] = {}
    for link in model.iterfind("{*}cxnLst/{*}cxn"):
        if link.get("type", "parOf") == "parOf" and link.get("destId") in found:
            order = link.get("srcOrd", "0")
            children.setdefault(link.get("srcId", ""), []).append(
                (int(order) if order.isdecimal() else 0, link.get("destId", ""))
            )
    roots = [identity for identity, point in found.items() if point.get("type") == "doc"]
    waiting = [*reversed(found), *reversed(roots)]
    seen: set[str] = set()
    while waiting:
        identity = waiting.pop()
        if identity in seen:
            continue
        seen.add(identity)
        yield found[identity]
        below = sorted(children.get(identity, ()), key=lambda child: child[0], reverse=True)
        waiting += [child for _, child in below]
