module example.com/peer_gone

go 1.22
