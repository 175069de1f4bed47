// Package leftalike has a client whose requests outlive whoever asked.
package leftalike

// Ask starts a request and gives up at once: its answer has nobody to go to.
func Ask() {
	answers := make(chan int)
	go request(answers) // @ask-starts
}

// AskWithRoom is Ask with room for the answer.
func AskWithRoom() {
	answers := make(chan int, 1)
	go request(answers)
}

func request(answers chan<- int) {
	answers <- 1 // @request-sends
}
