"""Contact table -> the same table with a column for every condition asked: true, false or unknown."""
