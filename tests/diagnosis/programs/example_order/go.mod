module example.com/example_order

go 1.22
