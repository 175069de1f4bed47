package exits

import "testing"

func TestServe(t *testing.T) { Serve() }

func TestRoute(t *testing.T) { Route("a") }

func TestLoad(t *testing.T) { Load("no such file") }

func TestQuit(t *testing.T) { Quit() }

func TestDie(t *testing.T) { Die(errBusy) }

func TestFirst(t *testing.T) { First() }
