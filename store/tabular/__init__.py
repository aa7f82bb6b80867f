"""Tables that lie in files and may be larger than memory: read, profiled, previewed and compared by DuckDB."""
