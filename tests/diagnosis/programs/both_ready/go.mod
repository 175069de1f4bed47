module example.com/both_ready

go 1.22
