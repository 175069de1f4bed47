module example.com/hurts_later

go 1.22
