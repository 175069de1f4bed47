module example.com/wordless

go 1.22
