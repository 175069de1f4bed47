module example.com/nil_chains

go 1.22
