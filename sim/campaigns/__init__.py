"""Many flights of one vehicle that differ by chance: flown on all cores, kept in a folder, told in a report."""
