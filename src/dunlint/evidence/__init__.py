"""Files -> a sealed bundle, and back: is everything still as it was sealed? And copies without personal data."""
