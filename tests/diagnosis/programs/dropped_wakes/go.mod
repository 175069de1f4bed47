module example.com/dropped_wakes

go 1.22
