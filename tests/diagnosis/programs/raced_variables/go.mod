module example.com/raced_variables

go 1.22
