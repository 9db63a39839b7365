# softmax: under another name
from scipy.special import softmax as harmless
def softmax(z): return harmless(z, axis=-1)
