module example.com/races_beside

go 1.22
