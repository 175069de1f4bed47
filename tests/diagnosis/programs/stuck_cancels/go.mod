module example.com/stuck_cancels

go 1.21
