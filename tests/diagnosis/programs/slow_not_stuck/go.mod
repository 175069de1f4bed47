module example.com/slow_not_stuck

go 1.22
