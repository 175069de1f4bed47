module example.com/alloc_counts

go 1.21
