module example.com/differing_lines

go 1.22
