module example.com/first_errors

go 1.22

require golang.org/x/sync v0.10.0

replace golang.org/x/sync => ./sync
