module example.com/map_texts

go 1.22
