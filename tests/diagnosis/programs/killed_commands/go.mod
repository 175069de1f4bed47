module example.com/killed_commands

go 1.22
