module example.com/cpushares

go 1.21
