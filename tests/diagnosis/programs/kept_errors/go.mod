module example.com/kept_errors

go 1.22
