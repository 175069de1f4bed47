module example.com/slow_pipelines

go 1.22
