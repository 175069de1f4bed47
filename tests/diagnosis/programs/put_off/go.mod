module example.com/put_off

go 1.22
