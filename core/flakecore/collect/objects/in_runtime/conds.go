package runtime

const flaketuiKnowsConds = true // what waits on one has its list as its parameter
