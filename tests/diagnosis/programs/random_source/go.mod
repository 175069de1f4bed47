module example.com/random_source

go 1.22
