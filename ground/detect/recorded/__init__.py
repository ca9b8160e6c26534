"""Stage events on flights that others recorded, from whatever columns there are."""
