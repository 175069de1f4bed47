module example.com/gave_up

go 1.22
