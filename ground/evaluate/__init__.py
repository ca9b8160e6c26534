"""How good the station is: kept flights with their truth, a bad link between, and what the station says of them."""
