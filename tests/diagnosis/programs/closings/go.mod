module example.com/closings

go 1.22
