module example.com/wall_time

go 1.22
