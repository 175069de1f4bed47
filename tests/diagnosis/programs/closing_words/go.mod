module example.com/closing_words

go 1.22
