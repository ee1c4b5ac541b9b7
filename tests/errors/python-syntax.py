x = (1 +
#! python-syntax 1:5
