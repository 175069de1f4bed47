"""How cells, lines and rulers are drawn: themes, glyphs, lanes."""
