module example.com/machine_values

go 1.22
