module example.com/last_writers

go 1.22
