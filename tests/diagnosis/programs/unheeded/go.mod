module example.com/unheeded

go 1.22
