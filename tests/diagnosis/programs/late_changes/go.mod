module example.com/late_changes

go 1.22
