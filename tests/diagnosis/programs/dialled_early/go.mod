module example.com/dialled_early

go 1.22
