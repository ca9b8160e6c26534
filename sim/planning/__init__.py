"""Tools that find a vehicle's and a flight plan's numbers; no flight needs them."""
