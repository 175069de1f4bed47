module example.com/leftalike

go 1.21
