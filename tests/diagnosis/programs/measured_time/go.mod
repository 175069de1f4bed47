module example.com/measured_time

go 1.22
