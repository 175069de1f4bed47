module example.com/heapgrows

go 1.21
