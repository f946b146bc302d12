"""Written reports: a letter as data (`model`), and what turns it into DOCX, PDF and Markdown. No law is known here."""
