module example.com/loop_goroutines

go 1.20
