module example.com/closed_early

go 1.22
