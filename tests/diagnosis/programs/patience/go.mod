module example.com/patience

go 1.22
