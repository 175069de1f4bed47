module example.com/late_words

go 1.22
