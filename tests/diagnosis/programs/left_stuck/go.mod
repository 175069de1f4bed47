module example.com/left_stuck

go 1.21
