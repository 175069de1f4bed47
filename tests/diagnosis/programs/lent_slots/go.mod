module example.com/lent_slots

go 1.21
