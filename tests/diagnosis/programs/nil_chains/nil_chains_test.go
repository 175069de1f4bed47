package nil_chains

import "testing"

func TestAddr(t *testing.T) {
	let := make(chan bool)
	app := New(let)
	t.Log(app.Addr()) // @asks-addr
	close(let)
}

func TestFar(t *testing.T) {
	t.Log(Far(&Node{weight: 1, left: &Node{name: "b"}}))
}

func TestLeadTeam(t *testing.T) {
	t.Log(LeadTeam(&User{team: &Team{}}))
}

func TestConnected(t *testing.T) {
	let := make(chan bool)
	close(let)
	app := &App{db: &DB{}}
	app.connect(let)
	t.Log(app.Addr())
}

func TestNear(t *testing.T) {
	t.Log(Far(&Node{left: &Node{left: &Node{name: "c"}}}))
}

func TestLed(t *testing.T) {
	t.Log(LeadTeam(&User{team: &Team{lead: &User{}}}))
}
