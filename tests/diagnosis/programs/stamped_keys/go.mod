module example.com/stamped_keys

go 1.22
