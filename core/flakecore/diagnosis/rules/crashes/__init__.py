"""Rules for panics, fatal errors, exits, kills and what the environment lacked."""
