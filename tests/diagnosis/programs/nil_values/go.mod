module example.com/nil_values

go 1.22
