module example.com/own_closers

go 1.21
