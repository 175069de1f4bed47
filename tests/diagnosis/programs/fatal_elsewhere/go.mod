module example.com/fatal_elsewhere

go 1.22
