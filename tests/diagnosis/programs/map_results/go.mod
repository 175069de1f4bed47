module example.com/map_results

go 1.22
