module example.com/shared_logs

go 1.22
