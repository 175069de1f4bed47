module example.com/goroutine_count

go 1.22
