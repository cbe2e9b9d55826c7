"""XML read with care: no document types, no entities, and every element knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from crowdbroker.marketplace.faults import Fault

DEEPEST = 50


class _Builder(TreeBuilder):
    """Builds the tree and notes where each element starts."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Element, int] = {}
        self.expat: Any = None
        self._depth = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError("too deep")
        element = super().start(tag, attrs)
        self.lines[element] = self.expat.CurrentLineNumber
        return element

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


@dataclass(frozen=True)
class Place:
    """An element and where it stands; children are found by their local names, in the root's own namespace."""

    element: Element
    namespace: str
    lines: dict[Element, int]

    @property
    def name(self) -> str:
        """The element's name without its namespace; one of a foreign namespace keeps it, so that no name fits."""
        return self.element.tag.removeprefix(f"{{{self.namespace}}}")

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.lines[self.element]

    @property
    def text(self) -> str:
        """The text inside, without space around it. Raises Fault where elements stand inside."""
        if len(self.element):
            raise self.fault(f"{self.name} holds text alone")
        return (self.element.text or "").strip()

    def children(self) -> Iterator[Place]:
        """Yield the elements inside. Raises Fault for text between them."""
        loose = [self.element.text, *(child.tail for child in self.element)]
        if any((text or "").strip() for text in loose):
            raise self.fault(f"{self.name} has text between its elements")
        for child in self.element:
            yield Place(child, self.namespace, self.lines)

    def only(self, *names: str) -> dict[str, Place]:
        """Return the children by name, each at most once. Raises Fault for another child, or one that is repeated."""
        found: dict[str, Place] = {}
        for child in self.children():
            if child.name not in names:
                raise child.fault(f"{child.name} cannot stand in {self.name}; {', '.join(names)} can")
            if child.name in found:
                raise child.fault(f"{self.name} has more than one {child.name}")
            found[child.name] = child
        return found

    def needed(self, found: dict[str, Place], name: str) -> Place:
        """Return a child that must be there. Raises Fault."""
        if name not in found:
            raise self.fault(f"{self.name} has no {name}")
        return found[name]

    def fault(self, sentence: str) -> Fault:
        """Return the refusal of this element."""
        return Fault("XMLParseError", f"Line {self.line}: {sentence}.")


def read_xml(xml: str, what: str) -> Place:
    """Return the root of a document.

    Raises:
        Fault: it is not well-formed, has a document type or entities of its own, or is nested too deeply.
    """
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.expat = parser.parser
    try:
        parser.feed(xml)
        root = parser.close()
    except ParseError as error:
        raise Fault("XMLParseError", f"{what} is not well-formed XML: {error}.") from None
    except DefusedXmlException:
        raise Fault("XMLParseError", f"{what} must not have a document type or entities of its own.") from None
    except ValueError:
        raise Fault("XMLParseError", f"{what} is nested deeper than {DEEPEST} elements, or cannot be read.") from None
    namespace = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    return Place(root, namespace, builder.lines)
