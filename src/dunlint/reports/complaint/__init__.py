"""Complaint packs: findings and a channel -> a pack as data -> a letter for the borrower to check, sign and send."""
