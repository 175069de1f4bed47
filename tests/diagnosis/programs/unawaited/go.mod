module example.com/unawaited

go 1.22
