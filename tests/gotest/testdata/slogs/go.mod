module example.com/slogs

go 1.21
