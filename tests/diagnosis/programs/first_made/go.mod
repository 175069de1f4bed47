module example.com/first_made

go 1.22
