"""Two runs beside each other, as text and JSON."""
