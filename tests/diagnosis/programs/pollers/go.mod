module example.com/pollers

go 1.22
