"""Grade many submissions at once, wherever there are workers, and lose nothing that is done."""
