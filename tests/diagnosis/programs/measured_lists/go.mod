module example.com/measured_lists

go 1.22
