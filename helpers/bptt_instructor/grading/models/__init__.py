"""Dataclasses that travel between processes, with their JSON form."""
