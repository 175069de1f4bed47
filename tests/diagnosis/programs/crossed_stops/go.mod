module example.com/crossed_stops

go 1.21
