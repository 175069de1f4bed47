module example.com/chan_nil

go 1.22
