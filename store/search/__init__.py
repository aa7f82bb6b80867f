"""Search: one grammar over runs, collections, versions and reports (docs/search.md).

A query is text (`grammar`), becomes a typed tree (`tree`), then SQL (`conditions`, `ordering`), and is asked page by
page (`asking`). What is wrong with it is said with its column (`errors`).
"""
