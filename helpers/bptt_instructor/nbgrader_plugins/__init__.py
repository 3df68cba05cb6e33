"""Every hook that ``nbgrader_config.py`` names, but for the two of feedback/.

This file imports nothing: importing one plugin must not import all.
"""
