// Package nil_chains follows pointers through several structs in one line.
package nil_chains

// Conn is a connection.
type Conn struct{ Addr string }

// Pool holds a connection.
type Pool struct {
	size int
	conn *Conn
}

// DB has a pool.
type DB struct{ pool *Pool }

// App has a database.
type App struct{ db *DB }

// New returns an app that connects in a moment, when it is let.
func New(let <-chan bool) *App {
	app := &App{db: &DB{}}
	go app.connect(let)
	return app
}

func (a *App) connect(let <-chan bool) {
	<-let                                        // @waits-to-connect
	a.db.pool = &Pool{conn: &Conn{Addr: "db:1"}} // @connects
}

// Addr returns where it is connected to.
//
//go:noinline
func (a *App) Addr() string {
	return a.db.pool.conn.Addr // @chain
}

// Node has a neighbour.
type Node struct {
	weight int64
	left   *Node
	name   string
}

// Far returns the name of the neighbour's neighbour.
//
//go:noinline
func Far(n *Node) string {
	return n.left.left.name // @far
}

// User may have a team, which may have a lead.
type User struct{ team *Team }

// Team may have a lead.
type Team struct{ lead *User }

// LeadTeam returns the team of the lead of a user's team.
//
//go:noinline
func LeadTeam(u *User) *Team {
	return u.team.lead.team // @lead
}
