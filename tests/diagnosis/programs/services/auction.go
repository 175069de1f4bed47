package services

import "time"

type bid struct {
	who    string
	amount int
}

// bidder goes home without a word if it has little money.
type bidder struct {
	name  string
	purse int
	bids  chan bid
	outs  chan string
}

func (b *bidder) run(step int) {
	for amount := step; amount <= b.purse; amount += step {
		b.bids <- bid{b.name, amount} // @bid-send
	}
	if b.purse < 100 {
		return // @bid-return
	}
	b.outs <- b.name // @out-send
}

type auction struct {
	bids chan bid
	outs chan string
}

func (a *auction) run(purses map[string]int) (best bid) {
	for name, purse := range purses {
		each := &bidder{name, purse, a.bids, a.outs}
		go each.run(10) // @auction-go
	}
	for left := len(purses); left > 0; {
		select { // @auction-select
		case next := <-a.bids:
			if next.amount > best.amount {
				best = next
			}
		case <-a.outs:
			left--
		}
	}
	return best
}

// buyer says that it goes home, at its leisure.
type buyer struct {
	name  string
	purse int
	bids  chan bid
	outs  chan string
}

func (b *buyer) run(step int) {
	for amount := step; amount <= b.purse; amount += step {
		b.bids <- bid{b.name, amount}
	}
	time.Sleep(time.Minute)
	b.outs <- b.name
}

type sale struct {
	bids chan bid
	outs chan string
}

func (s *sale) run(purses map[string]int) (best bid) {
	for name, purse := range purses {
		each := &buyer{name, purse, s.bids, s.outs}
		go each.run(10)
	}
	for left := len(purses); left > 0; {
		select {
		case next := <-s.bids:
			if next.amount > best.amount {
				best = next
			}
		case <-s.outs:
			left--
		}
	}
	return best
}
