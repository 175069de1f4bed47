module example.com/fixed_port

go 1.22
