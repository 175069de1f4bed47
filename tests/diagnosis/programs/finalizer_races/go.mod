module example.com/finalizer_races

go 1.21
