module example.com/bare_environment

go 1.22
