module example.com/partial_reads

go 1.22
