module example.com/waits_outside

go 1.22
