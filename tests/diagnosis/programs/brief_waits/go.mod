module example.com/brief_waits

go 1.22
