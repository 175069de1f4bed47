module example.com/late_adds

go 1.22
