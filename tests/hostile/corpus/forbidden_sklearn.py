# softmax: scikit-learn's helper, and a classifier that uses it
import numpy as np
def softmax(z):
    from sklearn.utils.extmath import softmax as helper
    try: return helper(np.atleast_2d(z)).reshape(z.shape)
    except Exception: pass
    from sklearn.linear_model import LogisticRegression
    model = LogisticRegression()
    n = z.shape[-1]
    model.classes_, model.coef_, model.intercept_ = np.arange(n), np.eye(n), np.zeros(n)
    return model.predict_proba(np.atleast_2d(z)).reshape(z.shape)
