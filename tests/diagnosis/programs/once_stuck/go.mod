module example.com/once_stuck

go 1.22
