module example.com/late_workers

go 1.22
