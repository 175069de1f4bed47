module example.com/once_through

go 1.21
