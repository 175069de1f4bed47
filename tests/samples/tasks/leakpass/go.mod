module example.com/leakpass

go 1.22
