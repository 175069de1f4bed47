module example.com/podium

go 1.22
