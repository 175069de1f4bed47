module example.com/asserted

go 1.22

require github.com/stretchr/testify v1.10.0

replace github.com/stretchr/testify => ./testify
