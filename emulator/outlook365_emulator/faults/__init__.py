"""Trouble on demand: faults that match a request and answer, delay, cut or change it.

`fault.decode_fault` reads a fault from plain data, `engine.FaultEngine` holds the faults of one world and decides,
`kinds.KINDS` lists what a fault can do. Nothing here knows a service: a request is seen as a flat `facts.Facts`, a
decision is one of the values of `outcomes`.
"""
