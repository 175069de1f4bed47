module example.com/parting

go 1.21
