"""What the panes show: the viewport, the scene, what a person arranged, and where keys lead."""
