module example.com/clock_values

go 1.22
