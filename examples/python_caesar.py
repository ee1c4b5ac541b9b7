#@ title Caesar's cipher
#@ description Python's own string methods, tabulated: each letter is moved three places on in the alphabet.
#@ group python
#@ order 6
#@ input "veni"
#@ expect "veni" -> ["y", "h", "q", "l"]
import string

from tracr.rasp import rasp

VOCAB = set(string.ascii_lowercase)
MAX_SEQ_LEN = 8

moved = str.maketrans(string.ascii_lowercase, string.ascii_lowercase[3:] + string.ascii_lowercase[:3])
secret = rasp.Map(lambda letter: letter.translate(moved), rasp.tokens)
