"""The catalogue of known mistakes, one file for each cell or sequence."""
