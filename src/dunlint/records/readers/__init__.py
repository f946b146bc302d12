"""One file a format; see `dunlint.records.reader` for what a reader is."""
