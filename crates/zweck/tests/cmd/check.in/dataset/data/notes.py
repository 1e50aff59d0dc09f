# how the rows were collected
