"""Rules for panics, fatal errors, races, exits, kills and what the environment lacked."""
