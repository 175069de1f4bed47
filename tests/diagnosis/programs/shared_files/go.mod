module example.com/shared_files

go 1.22
