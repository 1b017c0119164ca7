"""OData as a language: text to tree to closures over records, query options, ordering, selection, paging.

It knows no service: records are described by `records.RecordType`, and what is wrong with a query is told by
`problems.OdataError` and its kinds, as facts.
"""
