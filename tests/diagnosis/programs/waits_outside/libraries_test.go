package waits_outside

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

type (
	one  struct{}
	rows struct{ left int }
)

func (one) Open(string) (driver.Conn, error)           { return one{}, nil }
func (one) Prepare(string) (driver.Stmt, error)        { return one{}, nil }
func (one) Close() error                               { return nil }
func (one) Begin() (driver.Tx, error)                  { return nil, driver.ErrSkip }
func (one) NumInput() int                              { return -1 }
func (one) Exec([]driver.Value) (driver.Result, error) { return driver.RowsAffected(1), nil }
func (one) Query([]driver.Value) (driver.Rows, error)  { return &rows{3}, nil }
func (*rows) Columns() []string                        { return []string{"id"} }
func (*rows) Close() error                             { return nil }

func (r *rows) Next(to []driver.Value) error {
	if r.left == 0 {
		return io.EOF
	}
	to[0] = int64(r.left)
	r.left--
	return nil
}

func init() { sql.Register("one", one{}) }

func open(t *testing.T) *sql.DB {
	db, err := sql.Open("one", "")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

func TestKeepsRowsOpen(t *testing.T) {
	t.Parallel()
	db := open(t)
	found, _ := db.Query("SELECT id FROM job")
	found.Next()
	_, _ = db.Exec("DELETE FROM job") // @exec
}

func TestClosesRows(t *testing.T) {
	t.Parallel()
	db := open(t)
	found, _ := db.Query("SELECT id FROM job")
	for found.Next() {
		continue
	}
	_, _ = db.Exec("DELETE FROM job")
	time.Sleep(time.Minute) // @rows-closed
}

type node struct{ server http.Server }

func (n *node) start(t *testing.T, quit http.HandlerFunc) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.server.Handler = quit
	go n.server.Serve(listener)
	return "http://" + listener.Addr().String()
}

func (n *node) stop() {
	_ = n.server.Shutdown(context.Background()) // @shutdown
}

func TestShutsDownInItsHandler(t *testing.T) {
	t.Parallel()
	n := &node{}
	url := n.start(t, func(http.ResponseWriter, *http.Request) { n.stop() })
	_, _ = http.Get(url) // @gets
}
