module example.com/crash_pasts

go 1.22
