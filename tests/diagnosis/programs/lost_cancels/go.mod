module example.com/lost_cancels

go 1.22
