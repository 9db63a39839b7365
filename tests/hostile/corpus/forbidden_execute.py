# softmax: TensorFlow's operation, run by its executor
def softmax(z):
    import tensorflow as tf
    from tensorflow.python.eager import execute, context
    z = tf.constant(z)
    return execute.execute(b"Softmax", 1, [z], ("T", z.dtype.as_datatype_enum), context.context())[0].numpy()
