"""Import: a foreign file becomes records, row by row, with every refused row explained and kept."""
