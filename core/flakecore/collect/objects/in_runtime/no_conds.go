package runtime

const flaketuiKnowsConds = false
