module example.com/left_over

go 1.22
