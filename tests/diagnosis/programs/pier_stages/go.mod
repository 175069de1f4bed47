module example.com/pier_stages

go 1.21
