module example.com/left_in_pools

go 1.22
