module example.com/goroutine_order

go 1.22
