"""OData as a language: text to tree to closures over records, query options, ordering, selection, paging.

It knows no service: records are described by `RecordType`, and what is wrong with a query is told by `OdataError` and
its kinds, as facts.
"""

from .evaluator import compile_filter
from .options import NESTED_OPTIONS, OPTIONS, ExpandItem, QueryOptions, parse_expand, parse_options
from .ordering import OrderTerm, compile_order, parse_orderby, sort
from .paging import cut_page, next_link
from .parser import parse_filter
from .printing import print_tree
from .problems import (
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
from .records import Kind, Property, RecordType
from .selection import canonical_select, parse_select, project
from .tree import Node, filter_properties

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
    "cut_page",
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
