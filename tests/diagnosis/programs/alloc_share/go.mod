module example.com/allocshare

go 1.21
