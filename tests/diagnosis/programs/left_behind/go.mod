module example.com/left_behind

go 1.22
