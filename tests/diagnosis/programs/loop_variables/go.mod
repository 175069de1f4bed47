module example.com/loop_variables

go 1.21
