module example.com/clock_stamps

go 1.22
