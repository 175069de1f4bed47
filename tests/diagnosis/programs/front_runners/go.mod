module example.com/front_runners

go 1.22
