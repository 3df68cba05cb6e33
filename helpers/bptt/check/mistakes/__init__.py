"""Catalogue of known mistakes, one file for each cell, sequence or operation."""
