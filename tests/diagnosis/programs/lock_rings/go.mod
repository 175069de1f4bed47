module example.com/lockrings

go 1.21
