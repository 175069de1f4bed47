module example.com/quiet_loops

go 1.21
