module example.com/loops_apart

go 1.22
