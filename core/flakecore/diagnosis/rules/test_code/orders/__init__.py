"""What rules on order look for: texts in another order, places that leave it open, goroutines."""
