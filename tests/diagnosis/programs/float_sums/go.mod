module example.com/float_sums

go 1.22
