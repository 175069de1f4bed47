"""The subcommands, each with its own options."""
