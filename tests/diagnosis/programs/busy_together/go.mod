module example.com/busy_together

go 1.22
