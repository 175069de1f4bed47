module example.com/stamped_texts

go 1.22
