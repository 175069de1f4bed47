module example.com/captured_output

go 1.22
