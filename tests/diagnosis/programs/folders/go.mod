module example.com/folders

go 1.22
