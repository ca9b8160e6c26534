"""Stage events and alarms, found in the measurements alone."""
