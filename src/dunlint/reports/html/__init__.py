"""The HTML report: one file that opens offline, in two languages, with nothing inside that comes from outside.

`page.py` puts templates (`pages/`), style and scripts (`assets/`) together; `words.py` says everything twice and
makes data harmless; `case.py` and `audit.py` prepare what the two kinds of report show.
"""
