module example.com/tied_sorts

go 1.22
