module example.com/at_the_end

go 1.21
