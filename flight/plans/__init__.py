"""Flight plans: stages, sequence, attitude program, event windows, target and site, one TOML file each."""
