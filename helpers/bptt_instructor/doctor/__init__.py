"""What this machine lacks, and how to get it. Nothing here needs more than Python, click and rich to say so."""
