module example.com/late_panics

go 1.22
