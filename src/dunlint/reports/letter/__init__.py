"""Written reports: a letter as data (`model`), and what turns it into DOCX, PDF and Markdown. None of them knows law."""
