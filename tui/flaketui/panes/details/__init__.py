"""The Details pane: the selection in sentences, with stacks and source."""
