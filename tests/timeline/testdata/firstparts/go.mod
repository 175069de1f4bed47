module example.com/firstparts

go 1.21
