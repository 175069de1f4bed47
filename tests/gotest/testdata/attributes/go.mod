module example.com/attributes

go 1.26
