module example.com/busy_loops

go 1.22
