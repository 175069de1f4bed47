module example.com/map_order

go 1.22
