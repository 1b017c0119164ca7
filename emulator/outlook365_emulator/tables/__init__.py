"""Facts about Microsoft's services as data: JSON files with a source in each row, and a small loader for each."""
