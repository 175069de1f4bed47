module example.com/clock_names

go 1.22
