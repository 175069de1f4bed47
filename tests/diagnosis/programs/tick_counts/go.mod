module example.com/tick_counts

go 1.22
