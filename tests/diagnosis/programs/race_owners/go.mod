module example.com/race_owners

go 1.25
