"""OData as a language: text to tree to closures over records, query options, ordering, selection, paging.

It knows no service: records are described by `RecordType`, and what is wrong with a query is told by `OdataError` and
its kinds, as facts.
"""

from outlook365_emulator.odata.evaluator import compile_filter
from outlook365_emulator.odata.options import (
    NESTED_OPTIONS,
    OPTIONS,
    ExpandItem,
    QueryOptions,
    parse_expand,
    parse_options,
)
from outlook365_emulator.odata.ordering import OrderTerm, compile_order, parse_orderby, sort
from outlook365_emulator.odata.paging import next_link
from outlook365_emulator.odata.parser import parse_filter
from outlook365_emulator.odata.printing import print_tree
from outlook365_emulator.odata.problems import (
    DuplicateOption,
    InvalidOption,
    NotFilterable,
    NotSortable,
    OdataError,
    OdataSyntaxError,
    OptionNotAllowed,
    TypeMismatch,
    UnknownFunction,
    UnknownOption,
    UnknownProperty,
    UnknownType,
    UnsupportedNode,
    WrongArity,
)
from outlook365_emulator.odata.records import Kind, Property, RecordType
from outlook365_emulator.odata.selection import canonical_select, parse_select, project
from outlook365_emulator.odata.tree import Node, filter_properties

__all__ = [
    "NESTED_OPTIONS",
    "OPTIONS",
    "DuplicateOption",
    "ExpandItem",
    "InvalidOption",
    "Kind",
    "Node",
    "NotFilterable",
    "NotSortable",
    "OdataError",
    "OdataSyntaxError",
    "OptionNotAllowed",
    "OrderTerm",
    "Property",
    "QueryOptions",
    "RecordType",
    "TypeMismatch",
    "UnknownFunction",
    "UnknownOption",
    "UnknownProperty",
    "UnknownType",
    "UnsupportedNode",
    "WrongArity",
    "canonical_select",
    "compile_filter",
    "compile_order",
    "filter_properties",
    "next_link",
    "parse_expand",
    "parse_filter",
    "parse_options",
    "parse_orderby",
    "parse_select",
    "print_tree",
    "project",
    "sort",
]
