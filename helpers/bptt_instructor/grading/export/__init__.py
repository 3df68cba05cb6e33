"""The gradebook's points, as tables that other systems read."""
