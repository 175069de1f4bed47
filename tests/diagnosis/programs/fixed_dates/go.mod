module example.com/fixed_dates

go 1.22
