module example.com/sleeps

go 1.22
